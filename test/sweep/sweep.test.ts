// The sweeper continues lost actions, requests and incidents (P4, P9).

import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { NEWS } from '../../functions/domain/effect-state.ts';
import { NotFound, Unavailable } from '../../functions/domain/errors.ts';
import { workNotifiedBy } from '../../functions/domain/owed-notification.ts';
import { markedInForce } from '../../functions/mechanisms/in-force.ts';
import { overdueAt } from '../../functions/platform/schedules.ts';
import { transition, withEntry } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import type { SweepDeps } from '../../functions/sweep/deps.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { toyAction } from '../execute/toy.ts';
import { ALERT_ID, INCIDENT_ID, incidentWith, NOW, POLICY } from '../fixtures/case.ts';
import { PAGE_KEY } from '../fixtures/proofs.ts';
import { startStores } from '../store/stores.ts';
import { requestWith } from '../web/approval-pages.ts';

const db = startStores();
let store: Store;
let calls: string[];
let nothingWaits: boolean;
beforeEach(async () => {
  store = await db.fresh();
  calls = [];
  nothingWaits = false;
});

const deps = (now: Date): SweepDeps => ({
  store,
  startReverse: async (name) => void calls.push(`reverse ${name}`),
  startRespond: async (name) => void calls.push(`respond ${name}`),
  callback: async (token, output) => {
    if (nothingWaits) throw new NotFound('the state machine no longer waits');
    calls.push(`callback ${token} ${JSON.stringify(output)}`);
  },
  notify: async (what) =>
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
/** Without the drift checks. */
const reversals = () => calls.filter((call) => call.startsWith('reverse sweep-'));
const load = ({ actionId }: Action) => store.records.action(INCIDENT_ID, actionId);
const asked = () => ({
  status: 'awaiting-approval' as const,
  disposition: 'approve' as const,
  approval: requestWith(),
});

describe('the sweeper', () => {
  test('requests a digest when it is due, again until it is sent', async () => {
    const bounds = {
      ...POLICY.limits.pages,
      perPersonPerHour: 1,
      reservedForSevere: 0,
      digestAfterMinutes: 5,
    };
    const text = { subject: 'Approve?', incidentId: INCIDENT_ID, actionId: null };
    for (const key of ['a', 'b'])
      await store.pager.admit(
        'person:ana.silva',
        { key, always: false, text },
        { pageKey: PAGE_KEY, bounds, now: NOW },
      );
    await sweep(deps(later(4)));
    expect(calls).toEqual([]);
    for (const minutes of [5, 6]) await sweep(deps(later(minutes)));
    expect(calls).toEqual(['digest person:ana.silva', 'digest person:ana.silva']);
  });

  test('notifies the approver of an approved action that was stopped, and does so once', async () => {
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

  test('P9: notifies people of a failed undo until they are notified, and does not retry the undo', async () => {
    const failed = transition(
      toyAction({ status: 'reversing' }),
      'reversal-failed',
      { at: NOW, by: 'reverse', text: 'StateChanged: someone else put it there' },
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

  test('P9: notifies people of a key to rotate after an undo until they are notified, and then checks nothing more', async () => {
    const action = toyAction({
      status: 'reversing',
      name: 'revoke_api_key',
      before: { status: 'Active' },
    });
    const undone = transition(
      action,
      'reversed',
      { at: NOW, by: 'reverse', text: 'The key is active' },
      { attentionAt: workNotifiedBy(NOW.toISOString()) },
    );
    await store.records.createAction(undone);
    await sweep(deps(later(19)));
    expect(calls).toEqual([]);
    await sweep(deps(later(20)));
    expect(calls).toEqual([`tell ${undone.actionId}`]);
    await sweep(deps(later(25)));
    expect(calls.filter((call) => call.startsWith('tell'))).toHaveLength(2);
  });

  const told = ({ actionId }: Action, minutes: number) =>
    store.records.changeAction(INCIDENT_ID, actionId, (current) =>
      withEntry(current, { at: later(minutes), by: 'notify', event: 'told', text: 'Told Ana' }),
    );
  const approved = {
    ...asked(),
    approval: requestWith({
      decision: { verdict: 'approved', by: 'ana.silva', at: NOW.toISOString(), reason: '' },
    }),
  };
  const inForceUntil = (minutes: number) =>
    markedInForce(
      toyAction({ ...approved, status: 'executing' }),
      { dueAt: later(minutes).toISOString(), keptBy: null },
      { at: NOW, by: 'execute', text: 'Applied and verified' },
    );

  test('P9: notifies people of an approved action in force until they are notified, and does not undo it', async () => {
    const action = inForceUntil(60);
    await store.records.createAction(action);
    await sweep(deps(later(19)));
    expect(calls).toEqual([]);
    for (const minutes of [20, 25]) await sweep(deps(later(minutes)));
    await told(action, 26);
    await sweep(deps(later(30)));
    expect(calls.filter((call) => call.startsWith('tell'))).toHaveLength(2);
    expect(reversals()).toEqual([]);
    expect((await load(action)).attentionAt).toBe(overdueAt(later(60).toISOString()));
  });

  test('P9: notifies people of an approved action that was kept before anyone was notified', async () => {
    const action = await put({ ...approved, status: 'kept', reviewAt: later(9000).toISOString() });
    await sweep(deps(later(1)));
    expect(calls).toEqual([`tell ${action.actionId}`]);
  });

  test('P12: reminds people of an overdue review once a week, although the notification changes the record first', async () => {
    const action = await put({ ...approved, status: 'kept', reviewAt: NOW.toISOString() });
    const reminding = (minutes: number) =>
      sweep({
        ...deps(later(minutes)),
        notify: async () => {
          calls.push(`tell ${action.actionId}`);
          const failed = { event: 'slack-failed', text: 'Not delivered: Slack to Ana' };
          await store.records.changeAction(INCIDENT_ID, action.actionId, (current) =>
            withEntry(current, { at: later(minutes), by: 'notify', ...failed }),
          );
          await told(action, minutes);
        },
      });
    const reminders = () => calls.filter((call) => call.startsWith('tell')).length;
    for (const minutes of [1, 2, 3]) await reminding(minutes);
    expect(reminders()).toBe(1);
    await reminding(7 * 24 * 60 + 1);
    expect(reminders()).toBe(2);
  });

  test('P4: looks at an approved action in force when it is due, even if people were not notified', async () => {
    const action = inForceUntil(22);
    await store.records.createAction(action);
    for (const minutes of [20, 22]) await sweep(deps(later(minutes)));
    expect(reversals()).toHaveLength(1);
  });

  test.each([
    ['a decline', 'declined', 'person:ana.silva'],
    ['an action that the gate stopped after its approval', 'failed', 'gate'],
    ['an action that shadow mode stopped after its approval', 'observed', 'gate'],
  ] as const)('P9: notifies people of %s until they are notified', async (_, status, by) => {
    const before = status === 'declined' ? 'awaiting-approval' : 'approved';
    const note = { at: NOW, by, text: 'Decided' };
    const attentionAt = later(20).toISOString();
    const action = transition(toyAction({ ...approved, status: before }), status, note, {
      attentionAt,
    });
    await store.records.createAction(action);
    for (const minutes of [20, 25]) await sweep(deps(later(minutes)));
    expect(calls).toEqual([`tell ${action.actionId}`, `tell ${action.actionId}`]);
    await told(action, 26);
    for (const minutes of [60, 90]) await sweep(deps(later(minutes)));
    expect(calls).toHaveLength(2);
    expect((await load(action)).attentionAt).toBeNull();
  });

  test('P9: notifies people of an update of an open request, which stays open', async () => {
    const action = withEntry(toyAction({ ...asked(), attentionAt: later(10).toISOString() }), {
      at: NOW,
      by: 'gate',
      event: NEWS,
      text: 'New actor: 203.0.113.9',
    });
    await store.records.createAction(action);
    await sweep(deps(later(10)));
    expect(calls).toEqual([`tell ${action.actionId}`]);
    expect((await load(action)).status).toBe('awaiting-approval');
    await sweep(deps(later(15)));
    expect((await load(action)).status).toBe('expired');
  });

  test('ignores an action that is not yet due', async () => {
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
  ] as const)('P4: starts one reversal of an overdue action that is %s', async (status) => {
    const action = await put({ status });
    await sweep(deps(later(2)));
    await sweep(deps(later(2)));
    expect(calls).toEqual([`reverse sweep-${action.actionId}-1`]);
  });

  test('P4: checks an overdue action again, at least every 15 minutes', async () => {
    const action = await put({ status: 'in-force' });
    const looks: string[] = [];
    for (let i = 0; i < 6; i++) {
      const { attentionAt } = await load(action);
      looks.push(attentionAt ?? '');
      await sweep(deps(new Date(attentionAt ?? 0)));
    }
    expect(new Set(reversals()).size, 'a new reversal each time').toBe(6);
    expect(looks.map((at) => (Date.parse(at) - NOW.getTime()) / 60_000)).toEqual([
      1, 6, 16, 31, 46, 61,
    ]);
  });

  test('limits the history of an action that is stuck for weeks', async () => {
    const action = await put({ status: 'in-force' });
    for (let i = 0; i < 30; i++) await sweep(deps(new Date((await load(action)).attentionAt ?? 0)));
    expect(reversals()).toHaveLength(30);
    expect((await load(action)).history.length).toBeLessThan(12);
  });

  test('P9: expires a request whose time is over, and continues the waiting state machine', async () => {
    const action = await put(asked());
    await sweep(deps(later(17)));
    expect((await load(action)).status).toBe('expired');
    expect(calls).toEqual(['callback token-1 {"verdict":"expired"}']);
  });

  test('P9: notifies people itself when no state machine waits', async () => {
    nothingWaits = true;
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

  test('P9: retries when the state machine cannot be reached, and ends nothing until then', async () => {
    const waiting = await put(asked());
    const approved = await put({
      ...asked(),
      status: 'approved',
      actionId: 'act-0123456789abcdef-2',
    });
    const down = { ...deps(later(17)), callback: () => Promise.reject(new Unavailable('down')) };
    expect(await sweep(down)).toMatchObject({ restarted: 0, failures: 2 });
    expect(calls, 'no notification and no reversal').toEqual([]);
    expect((await load(approved)).status).toBe('approved');
    await sweep(deps(later(18)));
    expect(calls).toEqual([
      'callback token-1 {"verdict":"expired"}',
      'callback token-1 {"verdict":"approved"}',
    ]);
    expect((await load(waiting)).status).toBe('expired');
  });

  test('P4: keeps a later time that a person has set in the meantime', async () => {
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

  test('P9: does not reopen an incident that was closed in the meantime', async () => {
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
    expect(attentionAt, 'no attention needed').toBeNull();
    expect(history.map(({ event }) => event)).not.toContain('restarted');
  });

  test('P9: ends an approved action that no state machine carries out, and notifies people', async () => {
    nothingWaits = true;
    const action = await put({ ...asked(), status: 'approved' });
    await sweep(deps(later(17)));
    expect(calls).toEqual([`tell ${action.actionId}`, `reverse sweep-${action.actionId}-1`]);
  });

  test.each([
    ['a request', asked()],
    ['an approval', { ...asked(), status: 'approved' as const }],
  ])(
    'P9: notifies people of the end of %s again when the first attempt failed',
    async (_, change) => {
      nothingWaits = true;
      const action = await put(change);
      const silent = { ...deps(later(17)), notify: () => Promise.reject(new Error('down')) };
      expect(await sweep(silent)).toMatchObject({ failures: 1 });
      await sweep(deps(later(18)));
      await sweep(deps(later(19)));
      const notifications = calls.filter((call) => call === `tell ${action.actionId}`);
      expect(notifications, 'only once').toHaveLength(1);
    },
  );

  test('P9: restarts an unfinished assessment twice, then closes the incident as failed', async () => {
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

  test('P9: does not close an incident as failed before people are notified', async () => {
    await store.records.createIncident({ ...incidentWith(), attentionAt: later(1).toISOString() });
    for (const hours of [1, 3]) await sweep(deps(later(hours * 60)));
    await sweep({ ...deps(later(300)), send: () => Promise.reject(new Error('down')) });
    expect((await store.records.incident(INCIDENT_ID)).status).toBe('open');
    await sweep(deps(later(301)));
    expect(calls.at(-1)).toBe(`send given-up-${INCIDENT_ID}`);
    expect((await store.records.incident(INCIDENT_ID)).status).toBe('closed');
  });

  test('P4: continues other actions beside unreadable items, and then throws', async () => {
    await put({ status: 'in-force' });
    for (const sk of ['ACTION#act-0123456789abcdef-7', 'INCIDENT'])
      await store.table.put({
        pk: 'INCIDENT#inc-spoiled',
        sk,
        record: { status: 'nonsense' },
        open: 'yes',
        attentionAt: NOW.toISOString(),
      });
    await expect(sweep(deps(later(2)))).rejects.toThrow("2 stored items can't be read");
    expect(calls).toEqual(['reverse sweep-act-0123456789abcdef-1-1']);
  });

  test('continues other actions when one fails', async () => {
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
