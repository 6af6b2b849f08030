// Records: logged changes of state, rejected shapes, and the kill switch.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { InvalidInput, NotFound } from '../../functions/domain/errors.ts';
import { transition, withEntry } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import { toyAction } from '../execute/toy.ts';
import { ALERT_ID, alertWith, INCIDENT_ID, incidentWith, NOW } from '../fixtures/case.ts';
import { startStores } from './stores.ts';

const db = startStores();
let store: Store;
let logged: { level: string; message: string; fields: Record<string, unknown> }[];
beforeEach(async () => {
  logged = [];
  store = await db.fresh((level, message, fields) => logged.push({ level, message, fields }));
});

const action = toyAction();
const putAction = () => store.records.createAction(action);

test('replaces a lone surrogate in an alert, and keeps it in the raw event', async () => {
  const half = 'half of an emoji: \ud83d';
  await store.records.createIncident(incidentWith());
  await store.records.putAlert(INCIDENT_ID, alertWith({ title: half }), { title: half });
  const { title } = await store.records.alert(INCIDENT_ID, ALERT_ID);
  expect(title).toBe('half of an emoji: \ufffd');
  expect(await store.records.rawEvent(INCIDENT_ID, ALERT_ID)).toEqual({ title: half });
});

describe('outstanding actions', () => {
  const DAY_AFTER = new Date(NOW.getTime() + 24 * 3_600_000);
  const idOf = (number: number) => `act-0123456789abcdef-${number}`;
  const put = (number: number, change: Partial<Action>) =>
    store.records.createAction(toyAction({ actionId: idOf(number), ...change }));
  const outstanding = async () =>
    (await store.records.outstanding()).found.map(({ actionId }) => actionId);

  test('lists actions with an end first, then actions that only a person ends', async () => {
    await put(1, { status: 'kept', durationMinutes: 60 });
    await put(2, { status: 'in-force', attentionAt: '2026-11-24T04:00:00.000Z' });
    await put(3, { status: 'reversal-failed', durationMinutes: 60 });
    await put(4, { status: 'awaiting-approval', attentionAt: '2026-11-24T03:17:00.000Z' });
    expect(await outstanding()).toEqual([idOf(4), idOf(2), idOf(1), idOf(3)]);
  });

  test('lists neither actions that have ended nor tickets', async () => {
    await put(1, { status: 'reversed', durationMinutes: 60 });
    await put(2, { status: 'kept', durationMinutes: null });
    expect(await outstanding()).toEqual([]);
  });

  test('does not hand the sweeper an action that only a person ends', async () => {
    await put(1, { status: 'kept', durationMinutes: 60 });
    expect((await store.records.needingAttention(DAY_AFTER)).actions).toEqual([]);
  });
});

describe('an item that is not what its attributes say', () => {
  const due = { open: 'yes', attentionAt: '2026-11-24T02:00:00.000Z' };
  const ignored = () => logged.filter(({ message }) => message === 'index entry ignored');

  test.each([
    [{ pk: 'ENTITY#ip#0f', sk: `ACTION#${action.actionId}` }],
    [{ pk: `2/POST#${INCIDENT_ID}`, sk: action.actionId }],
    [{ pk: `2/ACTION#${INCIDENT_ID}`, sk: action.actionId }],
    [{ pk: 'ENTITY#ip#0f', sk: 'BREAKER', account: '1' }],
    [{ pk: 'ENTITY#ip#0f', sk: 'PAGER', recipient: 'team' }],
  ])('ignores and logs an entry of the index from %o', async (planted) => {
    await store.table.put({ ...due, record: action, ...planted });
    const found = await store.records.needingAttention(NOW);
    expect(found).toEqual({
      actions: [],
      incidents: [],
      members: [],
      tripped: [],
      digests: [],
      unreadable: [],
    });
    expect((await store.records.outstanding()).found).toEqual([]);
    const { pk, sk } = planted;
    expect(ignored()).toContainEqual({
      level: 'error',
      message: 'index entry ignored',
      fields: { pk, sk },
    });
  });

  test.each([
    ['another action', `INCIDENT#${INCIDENT_ID}`, 'ACTION#act-0123456789abcdef-9'],
    ['another incident', 'INCIDENT#inc-ffffffffffffffff', `ACTION#${action.actionId}`],
  ])('does not take a genuine action for %s', async (_, pk, sk) => {
    await store.table.put({ pk, sk, record: action, version: 1 });
    const [incidentId = '', actionId = ''] = [pk, sk].map((key) => key.split('#')[1]);
    await expect(store.records.action(incidentId, actionId)).rejects.toThrow(
      'belongs under another key',
    );
    expect(await store.records.actions(incidentId)).toEqual([]);
  });

  test('does not take a genuine alert for another one', async () => {
    const key = { pk: `INCIDENT#${INCIDENT_ID}`, sk: 'ALERT#al-ffffffffffffffff' };
    await store.table.put({ ...key, record: alertWith(), version: 1 });
    await expect(store.records.alert(INCIDENT_ID, 'al-ffffffffffffffff')).rejects.toThrow(
      'belongs under another key',
    );
  });
});

describe('a change of state', () => {
  test('logs a change of state with the IDs, the author, the time, the reason and the hash', async () => {
    await putAction();
    const failed = await store.records.changeAction(INCIDENT_ID, action.actionId, (current) =>
      transition(current, 'failed', { at: NOW, by: 'sweep', text: 'it was never carried out' }),
    );
    expect(logged.map(({ message }) => message)).toEqual(['state changed', 'state changed']);
    expect(logged[1]?.fields).toEqual({
      incidentId: INCIDENT_ID,
      actionId: action.actionId,
      status: 'failed',
      event: 'failed',
      by: 'sweep',
      at: NOW.toISOString(),
      text: 'it was never carried out',
      hash: failed.history.at(-1)?.hash,
    });
  });

  test('logs a change of an incident, and does not log a change without a history entry', async () => {
    await store.records.createIncident(incidentWith());
    await store.records.changeIncident(INCIDENT_ID, (current) =>
      withEntry(current, { at: NOW, by: 'sweep', event: 'restarted', text: '' }),
    );
    await store.records.changeIncident(INCIDENT_ID, (current) => ({
      ...current,
      version: current.version + 1,
    }));
    expect(logged.map(({ fields }) => fields.event)).toEqual(['opened', 'restarted']);
  });

  test('logs nothing when the write fails', async () => {
    await putAction();
    await expect(putAction()).rejects.toThrow();
    expect(logged).toHaveLength(1);
  });
});

describe('a record', () => {
  test('throws NotFound with the key of a record that does not exist', async () => {
    const missing = store.records.action(INCIDENT_ID, action.actionId);
    await expect(missing).rejects.toBeInstanceOf(NotFound);
    await expect(missing).rejects.toThrow(`ACTION#${action.actionId}`);
  });

  test('throws InvalidInput with the field of a record of another shape', async () => {
    await putAction();
    const { status: _status, ...rest } = action;
    await store.table.put({
      pk: `INCIDENT#${INCIDENT_ID}`,
      sk: `ACTION#${action.actionId}`,
      record: rest,
    });
    const read = store.records.action(INCIDENT_ID, action.actionId);
    await expect(read).rejects.toBeInstanceOf(InvalidInput);
    await expect(read).rejects.toThrow('status');
  });

  test('throws InvalidInput for a record that is too large, so that it is not retried', async () => {
    const large = { text: 'x'.repeat(410_000) };
    await expect(store.records.putAlert(INCIDENT_ID, alertWith(), large)).rejects.toBeInstanceOf(
      InvalidInput,
    );
    await expect(store.records.alert(INCIDENT_ID, ALERT_ID)).rejects.toBeInstanceOf(NotFound);
  });

  test('lists an incident once when a crash listed it twice', async () => {
    await store.table.put({ pk: 'LIST', sk: `2026-11-24#${INCIDENT_ID}`, incidentId: INCIDENT_ID });
    await store.records.createIncident(incidentWith());
    expect(await store.records.recentIncidents(10)).toHaveLength(1);
  });
});
