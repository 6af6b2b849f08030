// What the sweeper's index lists, with stale and planted entries.
import { beforeEach, describe, expect, test } from 'vitest';
import { faultsIn } from '../../functions/archive/change.ts';
import { createDue, indexKeys } from '../../functions/store/due.ts';
import { moveToSweepIndex } from '../../functions/store/index-move.ts';
import { incidentKey } from '../../functions/store/layout.ts';
import type { Store } from '../../functions/store/store.ts';
import type { Item, Key } from '../../functions/store/table.ts';
import { toyAction } from '../execute/toy.ts';
import { INCIDENT_ID, incidentWith, NOW } from '../fixtures/case.ts';
import { startStores } from './stores.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});

const SOON = '2026-11-24T04:00:00.000Z';
const AFTER = new Date('2026-11-24T05:00:00.000Z');
const idOf = (number: number) => `act-0123456789abcdef-${number}`;
const actionWith = (number: number, attentionAt: string | null = SOON) =>
  toyAction({ actionId: idOf(number), status: 'in-force', attentionAt });
const keyOf = (number: number) => incidentKey('action', INCIDENT_ID, idOf(number));
const due = async (at = AFTER) =>
  (await store.records.needingAttention(at)).actions.map(({ actionId }) => actionId);
/** An item as an earlier version wrote it. */
const earlier = (number: number): Item => {
  const record = actionWith(number);
  return { ...keyOf(number), record, version: record.version, open: 'yes', attentionAt: SOON };
};
const itemAt = async (number: number) => (await store.table.get(keyOf(number)))!;

describe('the records that need attention', () => {
  test('due records are spread over several partitions of the index, and read from all of them', async () => {
    const numbers = Array.from({ length: 30 }, (_, i) => i + 1);
    for (const number of numbers) await store.records.createAction(actionWith(number));
    const shards = await Promise.all(numbers.map(async (n) => (await itemAt(n)).sweepShard));
    expect(new Set(shards).size).toBeGreaterThan(4);
    expect((await due()).sort()).toEqual(numbers.map(idOf).sort());
    expect(await due(NOW), 'before their time').toEqual([]);
  });

  test('due records come back oldest first, each once, from both indexes', async () => {
    await store.records.createAction(actionWith(1, '2026-11-24T04:30:00.000Z'));
    await store.records.createAction(actionWith(2, '2026-11-24T04:10:00.000Z'));
    await store.table.put(earlier(3));
    expect(await due()).toEqual([idOf(3), idOf(2), idOf(1)]);
  });

  test('the console reads no incident to count what is outstanding', async () => {
    await store.records.createAction(actionWith(1));
    await store.records.createIncident({ ...incidentWith(), attentionAt: SOON });
    const read: string[] = [];
    const table = {
      ...store.table,
      get: (key: Key) => {
        read.push(key.pk);
        return store.table.get(key);
      },
    };
    expect((await createDue(table, () => {}).outstanding()).found).toHaveLength(1);
    expect(read).toEqual([keyOf(1).pk]);
  });

  test('an index entry is ignored when its item is no longer due', async () => {
    const record = actionWith(1, '2026-11-24T09:00:00.000Z');
    const stale = indexKeys(keyOf(1), actionWith(1));
    await store.table.put({ ...keyOf(1), record, version: 1, ...stale });
    expect(await due()).toEqual([]);
    expect((await store.records.outstanding()).found).toHaveLength(1);
  });

  test.each([
    ['an alert', incidentKey('alert', INCIDENT_ID, 'al-1')],
    ['an action in the partition of another kind', { pk: 'LIST', sk: `ACTION#${idOf(1)}` }],
    ['a pager under an unknown key', { pk: 'PAGER#team', sk: 'ACTION' }],
  ])('an index entry that was planted on %s is ignored', async (_, key) => {
    const planted = { ...indexKeys(key, actionWith(1)), recipient: 'team', dueAt: SOON };
    await store.table.put({ ...key, record: actionWith(1), version: 1, ...planted });
    expect(await store.records.needingAttention(AFTER)).toEqual({
      actions: [],
      incidents: [],
      members: [],
      tripped: [],
      digests: [],
      unreadable: [],
    });
  });

  test('an action that was planted under the key of another one is ignored and reported', async () => {
    await store.table.put({
      ...keyOf(2),
      record: actionWith(1),
      version: 1,
      ...indexKeys(keyOf(2), actionWith(1)),
    });
    const { actions, unreadable } = await store.records.needingAttention(AFTER);
    expect(actions).toEqual([]);
    expect(unreadable).toMatchObject([{ ids: keyOf(2) }]);
  });
});

describe('items of earlier versions', () => {
  test('items of earlier versions move to the index `sweep` without another change, and get a check', async () => {
    await store.table.put(earlier(1));
    expect(await moveToSweepIndex(store.table)).toBe(0);
    expect(await itemAt(1)).toEqual({
      ...earlier(1),
      record: { ...actionWith(1), version: 2 },
      version: 2,
      ...indexKeys(keyOf(1), actionWith(1)),
    });
    const moved = { before: earlier(1), after: await itemAt(1) };
    expect(faultsIn(keyOf(1), moved), 'P8: the archive accepts the move').toEqual([]);
    expect(await store.table.unswept()).toEqual([]);
    expect(await store.checks.due(AFTER, 20)).toMatchObject([{ actionId: idOf(1) }]);
    expect(await due()).toEqual([idOf(1)]);
  });

  test('incidents, breakers and pagers of earlier versions move to the index, too', async () => {
    const incident = incidentWith();
    const key = incidentKey('incident', INCIDENT_ID);
    await store.table.put({ ...key, record: incident, version: 1, open: 'yes', attentionAt: SOON });
    const pager = { woken: [], held: [], more: 1, dueAt: SOON, recipient: 'team', version: 4 };
    await store.table.put({
      pk: 'PAGER#team',
      sk: 'PAGER',
      ...pager,
      open: 'yes',
      attentionAt: SOON,
    });
    expect(await moveToSweepIndex(store.table)).toBe(0);
    expect(await store.table.unswept()).toEqual([]);
    const { digests, incidents } = await store.records.needingAttention(new Date('2027-01-01'));
    expect([digests, incidents.length]).toEqual([['team'], incident.attentionAt ? 1 : 0]);
  });

  test('items that this version wrote are found by an earlier version', async () => {
    await store.table.put(earlier(1));
    await store.records.changeAction(INCIDENT_ID, idOf(1), (current) => ({
      ...current,
      attentionAt: '2026-11-24T08:00:00.000Z',
      version: current.version + 1,
    }));
    expect(await itemAt(1)).toMatchObject({ open: 'yes', attentionAt: '2026-11-24T08:00:00.000Z' });
  });
});
