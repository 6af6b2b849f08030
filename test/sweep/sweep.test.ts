// P4 and P9 when something was lost: what the sweeper finds, and sets going again.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { NotFound, Unavailable } from '../../functions/domain/errors.ts';
import { transition, withEntry } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import type { SweepDeps } from '../../functions/sweep/deps.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { toyAction } from '../execute/toy.ts';
import { ALERT_ID, INCIDENT_ID, incidentWith, NOW } from '../fixtures/case.ts';
import { startStores } from '../store/dynamo.ts';
import { requestWith } from '../web/desk.ts';

const db = startStores();
let store: Store;
let calls: string[];
let deaf: boolean;
beforeEach(async () => {
  store = await db.fresh();
  calls = [];
  deaf = false;
});

const deps = (now: Date): SweepDeps => ({
  store,
  startReverse: async (name) => void calls.push(`reverse ${name}`),
  startRespond: async (name) => void calls.push(`respond ${name}`),
  callback: async (token, output) => {
    if (deaf) throw new NotFound('the state machine no longer waits');
    calls.push(`callback ${token} ${JSON.stringify(output)}`);
  },
  tell: async (what) =>
    void calls.push('digestFor' in what ? `digest ${what.digestFor}` : `tell ${what.actionId}`),
  send: async ({ key }) => {
    calls.push(`send ${key}`);
    return { notBy: [] };
  },
  now: () => now,
  log: () => {},
});
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const put = async (change: Partial<Action>) => {
  const action = toyAction({ attentionAt: later(1).toISOString(), ...change });
  await store.records.createAction(action);
  return action;
};
const load = ({ actionId }: Action) => store.records.action(INCIDENT_ID, actionId);
const asked = () => ({
  status: 'awaiting-approval' as const,
  disposition: 'approve' as const,
  approval: requestWith(),
});

describe('the sweeper', () => {
  test('has a digest sent when it is due, and again until it was sent', async () => {
    const bounds = { perPersonPerHour: 1, digestAfterMinutes: 5 };
    const text = { subject: 'Approve?', incidentId: INCIDENT_ID, actionId: null };
    for (const key of ['a', 'b'])
      await store.pager.admit('person:ana.silva', { key, always: false, text }, bounds, NOW);
    await sweep(deps(later(4)));
    expect(calls).toEqual([]);
    for (const minutes of [5, 6]) await sweep(deps(later(minutes)));
    expect(calls).toEqual(['digest person:ana.silva', 'digest person:ana.silva']);
  });

  test('tells who approved what was then stopped, where nobody else did, and not twice', async () => {
    const approval = requestWith({
      decision: { verdict: 'approved', by: 'ana.silva', at: NOW.toISOString(), reason: '' },
    });
    const approved = toyAction({ status: 'approved', disposition: 'approve', approval });
    const change = { failure: 'withdrawn', attentionAt: later(5).toISOString() };
    const stopped = transition(
      approved,
      'failed',
      { at: NOW, by: 'person:mei.tanaka', text: '' },
      change,
    );
    await store.records.createAction(stopped);
    await sweep(deps(later(5)));
    expect(calls).toContain(`tell ${stopped.actionId}`);
    await store.records.changeAction(INCIDENT_ID, stopped.actionId, (current) => ({
      ...withEntry(current, { at: later(6), by: 'notify', event: 'told', text: 'Told Ana Silva' }),
      attentionAt: later(6).toISOString(),
    }));
    calls = [];
    await sweep(deps(later(6)));
    expect(calls).not.toContain(`tell ${stopped.actionId}`);
  });

  test('P9: has people told of an undo that only they can mend, until they have heard, and tries nothing again', async () => {
    const failed = transition(
      toyAction({ status: 'reversing' }),
      'reversal-failed',
      { at: NOW, by: 'reverse', text: 'StateChanged: somebody else put it there' },
      { attentionAt: later(15).toISOString() },
    );
    await store.records.createAction(failed);
    for (const minutes of [15, 20, 30]) await sweep(deps(later(minutes)));
    expect(calls).toEqual(Array.from({ length: 3 }, () => `tell ${failed.actionId}`));
    await store.records.changeAction(INCIDENT_ID, failed.actionId, (current) =>
      withEntry(current, { at: later(31), by: 'notify', event: 'told', text: 'Told Ana Silva' }),
    );
    calls = [];
    for (const minutes of [60, 90]) await sweep(deps(later(minutes)));
    expect(calls).toEqual([]);
    expect((await load(failed)).attentionAt).toBeNull();
  });

  test('leaves alone what is not yet due', async () => {
    await put({ status: 'in-force' });
    expect(await sweep(deps(NOW))).toEqual({ looked: 0, restarted: 0, failures: 0 });
  });

  test.each([
    'executing',
    'in-force',
    'reversing',
    'reversal-failed',
    'proposed',
    'reversed',
    'failed',
  ] as const)(
    'P4: has an overdue action that is %s undone, once per state of affairs',
    async (status) => {
      const action = await put({ status });
      await sweep(deps(later(2)));
      await sweep(deps(later(2)));
      expect(calls).toEqual([`reverse sweep-${action.actionId}-1`]);
    },
  );

  test('P4: keeps looking at what stays overdue, at least every quarter of an hour', async () => {
    const action = await put({ status: 'in-force' });
    const looks: string[] = [];
    for (let i = 0; i < 6; i++) {
      const { attentionAt } = await load(action);
      looks.push(attentionAt ?? '');
      await sweep(deps(new Date(attentionAt ?? 0)));
    }
    expect(new Set(calls).size, 'each time a reversal of its own').toBe(6);
    expect(looks.map((at) => (Date.parse(at) - NOW.getTime()) / 60_000)).toEqual([
      1, 6, 16, 31, 46, 61,
    ]);
  });

  test('does not let a record that is stuck for weeks outgrow its item', async () => {
    const action = await put({ status: 'in-force' });
    for (let i = 0; i < 30; i++) await sweep(deps(new Date((await load(action)).attentionAt ?? 0)));
    expect(calls).toHaveLength(30);
    expect((await load(action)).history.length).toBeLessThan(12);
  });

  test('P9: ends a request that nobody ended, and has the waiting state machine go on', async () => {
    const action = await put(asked());
    await sweep(deps(later(17)));
    expect((await load(action)).status).toBe('expired');
    expect(calls).toEqual(['callback token-1 {"verdict":"expired"}']);
  });

  test('P9: tells people itself when no state machine waits any more', async () => {
    deaf = true;
    const action = await put(asked());
    await sweep(deps(later(17)));
    expect(calls).toEqual([`tell ${action.actionId}`]);
  });

  test('P9: passes on an approval whose callback was lost', async () => {
    const action = await put(asked());
    await store.records.changeAction(INCIDENT_ID, action.actionId, (current) =>
      transition(current, 'approved', { at: NOW, by: 'person:ana.silva', text: 'yes' }),
    );
    await sweep(deps(later(17)));
    expect(calls).toEqual(['callback token-1 {"verdict":"approved"}']);
  });

  test('P9: tries again where the answer may still be taken, and takes no silence for an end', async () => {
    const waiting = await put(asked());
    const approved = await put({
      ...asked(),
      status: 'approved',
      actionId: 'act-0123456789abcdef-2',
    });
    const down = { ...deps(later(17)), callback: () => Promise.reject(new Unavailable('down')) };
    expect(await sweep(down)).toMatchObject({ restarted: 0, failures: 2 });
    expect(calls, 'nobody is told of an end, and nothing is undone').toEqual([]);
    expect((await load(approved)).status).toBe('approved');
    await sweep(deps(later(18)));
    expect(calls).toEqual([
      'callback token-1 {"verdict":"expired"}',
      'callback token-1 {"verdict":"approved"}',
    ]);
    expect((await load(waiting)).status).toBe('expired');
  });

  test('P4: does not put off what somebody else set meanwhile', async () => {
    const action = await put({ status: 'in-force' });
    const until = later(61).toISOString();
    await sweep({
      ...deps(later(2)),
      // While the reversal is started, a person extends it.
      startReverse: async () => {
        await store.records.changeAction(INCIDENT_ID, action.actionId, (current) => ({
          ...current,
          attentionAt: until,
          version: current.version + 1,
        }));
      },
    });
    const { attentionAt, history } = await load(action);
    expect(attentionAt).toBe(until);
    expect(history.map(({ event }) => event)).not.toContain('swept');
  });

  test('P9: does not open an incident again that was closed meanwhile', async () => {
    await store.records.createIncident({ ...incidentWith(), attentionAt: later(1).toISOString() });
    await sweep({
      ...deps(later(60)),
      startRespond: async () => {
        await store.records.changeIncident(INCIDENT_ID, (current) => ({
          ...current,
          status: 'closed',
          attentionAt: null,
          version: current.version + 1,
        }));
      },
    });
    const { attentionAt, history } = await store.records.incident(INCIDENT_ID);
    expect(attentionAt, 'nobody has to look at it').toBeNull();
    expect(history.map(({ event }) => event)).not.toContain('restarted');
  });

  test('P9: ends an approval that nobody carries out any more, and says so', async () => {
    deaf = true;
    const action = await put({ ...asked(), status: 'approved' });
    await sweep(deps(later(17)));
    expect(calls).toEqual([`tell ${action.actionId}`, `reverse sweep-${action.actionId}-1`]);
  });

  test.each([
    ['a request', asked()],
    ['an approval', { ...asked(), status: 'approved' as const }],
  ])('P9: has people told of the end of %s again, where that failed', async (_, change) => {
    deaf = true;
    const action = await put(change);
    const silent = { ...deps(later(17)), tell: () => Promise.reject(new Error('down')) };
    expect(await sweep(silent)).toMatchObject({ failures: 1 });
    await sweep(deps(later(18)));
    await sweep(deps(later(19)));
    const told = calls.filter((call) => call === `tell ${action.actionId}`);
    expect(told, 'and not every minute').toHaveLength(1);
  });

  test('P9: runs an assessment that never ended again, and at last says that it failed', async () => {
    await store.records.createIncident({ ...incidentWith(), attentionAt: later(1).toISOString() });
    for (const hours of [1, 3, 5, 7]) await sweep(deps(later(hours * 60)));
    expect(calls).toEqual([
      `respond ${ALERT_ID}-restart-1`,
      `respond ${ALERT_ID}-restart-2`,
      `send given-up-${INCIDENT_ID}`,
    ]);
    expect(await store.records.incident(INCIDENT_ID)).toMatchObject({
      status: 'closed',
      outcome: 'failed',
    });
  });

  test('P9: does not give an incident up before somebody was told', async () => {
    await store.records.createIncident({ ...incidentWith(), attentionAt: later(1).toISOString() });
    for (const hours of [1, 3]) await sweep(deps(later(hours * 60)));
    await sweep({ ...deps(later(300)), send: () => Promise.reject(new Error('down')) });
    expect((await store.records.incident(INCIDENT_ID)).status).toBe('open');
    await sweep(deps(later(301)));
    expect(calls.at(-1)).toBe(`send given-up-${INCIDENT_ID}`);
    expect((await store.records.incident(INCIDENT_ID)).status).toBe('closed');
  });

  test('P4: helps the others beside an item that cannot be read, and then raises the alarm', async () => {
    await put({ status: 'in-force' });
    for (const sk of ['ACTION#act-0123456789abcdef-7', 'INCIDENT'])
      await store.table.put({
        pk: 'INCIDENT#inc-spoiled',
        sk,
        record: { status: 'nonsense' },
        open: 'yes',
        attentionAt: NOW.toISOString(),
      });
    await expect(sweep(deps(later(2)))).rejects.toThrow('2 stored items cannot be read');
    expect(calls).toEqual(['reverse sweep-act-0123456789abcdef-1-1']);
  });

  test('helps the others when one cannot be helped', async () => {
    await put({ status: 'in-force' });
    await put({ status: 'in-force', actionId: 'act-0123456789abcdef-2' });
    const failing = {
      ...deps(later(2)),
      startReverse: async (name: string) => {
        if (name.includes('-1-')) throw new Error('no');
        calls.push(name);
      },
    };
    expect(await sweep(failing)).toMatchObject({ restarted: 1, failures: 1 });
    expect(calls).toEqual(['sweep-act-0123456789abcdef-2-1']);
  });
});
