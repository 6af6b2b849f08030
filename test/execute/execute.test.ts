// Execution and reversal in their fixed order, with a crash at every step.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { isTargetGone } from '../../functions/domain/effect-state.ts';
import {
  Conflict,
  Denied,
  DigestMismatch,
  Halted,
  IllegalTransition,
  NoSlot,
  NotVerified,
  TargetGone,
} from '../../functions/domain/errors.ts';
import { needsManualReversal } from '../../functions/domain/owed-notification.ts';
import type { ExecuteDeps } from '../../functions/execute/deps.ts';
import { execute } from '../../functions/execute/execute.ts';
import type { Connected } from '../../functions/mechanisms/mechanism.ts';
import { overdueAt, type Scheduled } from '../../functions/platform/schedules.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import { transition } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import type { Change } from '../../functions/web/decision.ts';
import { extend, keep } from '../../functions/web/keep-decision.ts';
import { sealOrder } from '../../functions/web/seal.ts';
import { write } from '../../functions/web/write-change.ts';
import { attacker, INCIDENT_ID, NOW, POLICY } from '../fixtures/case.ts';
import { KEYS, orderOn, orderUndo } from '../fixtures/proofs.ts';
import { resume } from '../fixtures/switch.ts';
import { startStores } from '../store/stores.ts';
import { approvedByAna } from '../web/approval-pages.ts';
import {
  drilled,
  schedulesIn,
  toyAction,
  toyDeps,
  toyMechanisms,
  toyWatch,
  type World,
} from './toy.ts';

const db = startStores();
let store: Store;
let world: World;
let kept: Map<string, Scheduled>;
let now: Date;
beforeEach(async () => {
  store = await db.fresh();
  world = new Map();
  kept = new Map();
  now = NOW;
});

const deps = (): ExecuteDeps =>
  toyDeps(store, world, { schedules: schedulesIn(kept), now: () => now });
const put = async (change: Partial<Action> = {}) => {
  const action = toyAction(change);
  await store.records.createAction(action);
  return { incidentId: action.incidentId, actionId: action.actionId };
};
const load = ({ actionId }: { actionId: string }) => store.records.action(INCIDENT_ID, actionId);
const holders = async () => (await store.leases.find(`toy:${attacker.value}`))?.holders ?? [];
let moves = 0;
const move = (mode: 'ask' | 'halt') =>
  store.killSwitch.halt(POLICY.account, {
    mode,
    by: 'person:ana.silva',
    at: new Date(NOW.getTime() + ++moves).toISOString(),
    why: 'test',
  });
const minutes = (n: number): void => {
  now = new Date(now.getTime() + n * 60_000);
};

describe('an execution', () => {
  test('puts the action in force, and schedules its reversal and reminder', async () => {
    const ids = await put();
    expect(await execute(deps(), ids)).toMatchObject({ status: 'in-force' });
    expect(world.get(attacker.value)).toBe('ours');
    expect(await load(ids)).toMatchObject({
      before: { present: false },
      dueAt: '2026-11-24T04:00:00.000Z',
    });
    expect([...kept.keys()]).toEqual([`reverse-${ids.actionId}`, `remind-${ids.actionId}`]);
  });

  test('undoes the action after the time that its approver chose, and reminds half-way', async () => {
    const chosen = { ...approvedByAna.decision!, durationMinutes: 3, proof: null };
    const approval = { ...approvedByAna, votes: [chosen] };
    const change = { status: 'approved', disposition: 'approve', durationMinutes: 240 } as const;
    const ids = await put({ ...change, approval });
    await execute(deps(), ids);
    const times = [...kept.values()].map(({ at }) => at.toISOString());
    expect((await load(ids)).dueAt).toBe('2026-11-24T03:03:00.000Z');
    expect(times).toEqual(['2026-11-24T03:03:00.000Z', '2026-11-24T03:01:30.000Z']);
  });

  test('changes nothing when it runs again after success', async () => {
    const ids = await put();
    await execute(deps(), ids);
    const before = await load(ids);
    await execute(deps(), ids);
    expect(await load(ids)).toEqual(before);
  });

  test('records the manual undo commands that depend on the before-state', async () => {
    const described = {
      headline: '',
      changes: ['a change'],
      affected: [],
      undo: '',
      manualUndo: ['as described'],
    };
    const ids = await put({ description: described });
    const mechanism = toyMechanisms(world).get(toyWatch.id)!;
    const telling = {
      ...mechanism,
      manualUndo: (_subject: unknown, before: unknown) => [`restore ${JSON.stringify(before)}`],
    };
    await execute({ ...deps(), mechanisms: new Map([[toyWatch.id, telling]]) }, ids);
    expect((await load(ids)).description).toEqual({
      ...described,
      manualUndo: ['restore {"present":false}'],
    });
  });

  test('P2: refuses an action that needs approval and has none', async () => {
    const ids = await put({ disposition: 'approve', status: 'approved' });
    await expect(execute(deps(), ids)).rejects.toThrow(Denied);
    expect(world.size).toBe(0);
  });

  test('P2: refuses an action whose digest is not the one that was decided on', async () => {
    const ids = await put({ digest: 'f'.repeat(64) });
    await expect(execute(deps(), ids)).rejects.toThrow(DigestMismatch);
    expect(world.size).toBe(0);
  });

  test('applies nothing while the kill switch is set to halt', async () => {
    const approved = await put({
      disposition: 'approve',
      status: 'approved',
      approval: approvedByAna,
    });
    const automatic = await put({ actionId: 'act-0123456789abcdef-2' });
    await move('halt');
    for (const ids of [approved, automatic])
      await expect(execute(deps(), ids)).rejects.toThrow(Halted);
    expect(world.size).toBe(0);
  });

  test('applies approved actions, and no automatic ones, while the kill switch is set to ask', async () => {
    const automatic = await put();
    const approved = await put({
      actionId: 'act-0123456789abcdef-2',
      disposition: 'approve',
      status: 'approved',
      approval: approvedByAna,
    });
    await move('ask');
    await expect(execute(deps(), automatic)).rejects.toThrow(Halted);
    expect(world.size).toBe(0);
    expect(await execute(deps(), approved)).toMatchObject({ status: 'in-force' });
  });
});

describe('the rate limit when an automatic action is applied', () => {
  const limits = {
    ...POLICY.limits,
    automaticPerMinute: { perAccount: 1, perAction: 1, perIncident: 1 },
  };
  const narrow = (): ExecuteDeps => ({ ...deps(), policy: { ...POLICY, limits } });
  const takeSlot = (actionId: string) =>
    store.limiter.reserve(
      POLICY.account,
      {
        ...{ actionId, incidentId: INCIDENT_ID, name: 'block_ip_at_firewall', target: attacker },
        isSevere: false,
      },
      limits,
      () => now,
    );

  test('P6: applies an action on time in the slot that it was given by the gate', async () => {
    const ids = await put();
    await takeSlot(ids.actionId);
    expect(await execute(narrow(), ids)).toMatchObject({ status: 'in-force' });
  });

  test('P6: applies a harmless action once a slot is free', async () => {
    await takeSlot('act-another');
    const watch = await put({ name: 'add_ip_to_watchlist' });
    await expect(execute(narrow(), watch)).rejects.toBeInstanceOf(NoSlot);
    expect(await execute(deps(), watch)).toMatchObject({ status: 'in-force' });
  });

  test('P6: does not apply a late action whose slot was given away, and ends it as failed', async () => {
    const ids = await put();
    await takeSlot(ids.actionId);
    minutes(2);
    await takeSlot('act-of-the-next-minute');
    await expect(execute(narrow(), ids)).rejects.toThrow(NoSlot);
    expect(world.size).toBe(0);
    expect((await load(ids)).status, 'nothing was captured').toBe('proposed');
    expect(await holders()).toEqual([]);
    const failure = { Error: 'NoSlot', Cause: 'no slot left' };
    await reverse(narrow(), { ...ids, cause: 'execution-failed', by: 'respond', failure });
    expect((await load(ids)).status).toBe('failed');
    expect(await holders()).toEqual([]);
  });

  test('P6: takes a slot in the current minute when a late action is applied', async () => {
    const ids = await put();
    await takeSlot(ids.actionId);
    minutes(2);
    await execute(narrow(), ids);
    expect(await takeSlot('act-of-the-same-minute')).toMatchObject({ granted: false });
  });

  test('P6: applies nothing while the limiter is contended, and succeeds on the next attempt', async () => {
    const ids = await put();
    const reserve = async () =>
      ({ granted: false, why: 'so many at once', contended: true }) as const;
    const contended = { ...narrow(), store: { ...drilled(store), limiter: { reserve } } };
    await expect(execute(contended, ids)).rejects.toThrow(Conflict);
    expect(world.size).toBe(0);
    expect(await execute(narrow(), ids)).toMatchObject({ status: 'in-force' });
  });

  test('P6: applies an approved action without a slot', async () => {
    await takeSlot('act-of-the-same-minute');
    const ids = await put({ status: 'approved', disposition: 'approve', approval: approvedByAna });
    expect(await execute(narrow(), ids)).toMatchObject({ status: 'in-force' });
  });
});

test('applies nothing when the kill switch is set to halt during the preparation', async () => {
  const ids = await put();
  const inner = deps();
  const schedules: ExecuteDeps['schedules'] = {
    ...inner.schedules,
    put: async (schedule) => {
      await inner.schedules.put(schedule);
      await move('halt');
    },
  };
  await expect(execute({ ...inner, schedules }, ids)).rejects.toThrow(Halted);
  expect(world.size).toBe(0);
});

test('P4: fails when the effect is missing after apply, counts a breaker event, and reverts the change', async () => {
  const ids = await put();
  const inner = deps();
  const mechanisms = [...inner.mechanisms].map(([id, one]): [string, Connected] => [
    id,
    { ...one, driver: { ...one.driver, verify: async () => ({ holds: false, found: 'nothing' }) } },
  ]);
  const blind = { ...inner, mechanisms: new Map(mechanisms) };
  await expect(execute(blind, ids)).rejects.toThrow(NotVerified);
  expect(world.size).toBe(1);
  expect((await store.breaker.find(POLICY.account))?.counted).toMatchObject([
    { mishap: 'failedVerifications', actionId: ids.actionId },
  ]);
  const failure = { Error: 'NotVerified' };
  const compensation = { ...ids, cause: 'execution-failed', by: 'respond', failure };
  expect(await reverse(deps(), compensation)).toMatchObject({ status: 'failed' });
  expect(world.size).toBe(0);
});

describe('a reversal', () => {
  const inForce = async () => {
    const ids = await put();
    await execute(deps(), ids);
    return ids;
  };
  const undo = (ids: { incidentId: string; actionId: string }, change = {}) =>
    reverse(deps(), { ...ids, cause: 'due', by: 'schedule', ...change });

  test('undoes the change when it is due, and removes the schedules and the lease', async () => {
    const ids = await inForce();
    minutes(60);
    expect(await undo(ids)).toMatchObject({ status: 'reversed' });
    expect([world.size, kept.size]).toEqual([0, 0]);
    expect(await store.leases.find(`toy:${attacker.value}`)).toBeNull();
  });

  test('does nothing more than 45 seconds before the due time', async () => {
    const ids = await inForce();
    minutes(59.2);
    expect(await undo(ids)).toMatchObject({ status: 'not-due' });
    expect(world.size).toBe(1);
    minutes(0.05);
    expect(await undo(ids), '45 s early is on time').toMatchObject({ status: 'reversed' });
  });

  test('undoes an action before its due time when a person requests it', async () => {
    const ids = await inForce();
    const byAna = { cause: 'person', by: 'person:ana.silva' };
    expect(await undo(ids, byAna), 'without her order').toMatchObject({ status: 'not-due' });
    await orderUndo(store, ids, now);
    expect(await undo(ids, byAna)).toMatchObject({ status: 'reversed' });
  });

  test('undoes a kept action only when a person requests it', async () => {
    const ids = await inForce();
    await store.records.changeAction(ids.incidentId, ids.actionId, (current) =>
      transition(
        current,
        'kept',
        { at: now, by: 'person:ana.silva', text: 'still attacking' },
        { orders: [orderOn(current, { kind: 'keep', by: 'ana.silva', at: now })] },
      ),
    );
    minutes(600);
    expect(await undo(ids)).toMatchObject({ status: 'not-due' });
    await orderUndo(store, ids, now);
    expect(await undo(ids, { cause: 'person', by: 'person:ana.silva' })).toMatchObject({
      status: 'reversed',
    });
  });

  test('P4: stops when someone else changed the state, and records what it found', async () => {
    const ids = await inForce();
    world.set(attacker.value, 'theirs');
    minutes(60);
    expect(await undo(ids)).toMatchObject({ status: 'reversal-failed' });
    expect(world.get(attacker.value)).toBe('theirs');
    const action = await load(ids);
    expect(action.history.at(-1)?.text).toContain('someone else put it there');
    expect(needsManualReversal(action), 'no automatic retry').toBe(true);
    expect(action.attentionAt, 'the sweeper checks that people were notified').not.toBeNull();
  });

  test('P4: undoes an action for a person even when the breaker record cannot be read', async () => {
    const ids = await inForce();
    const pk = `BREAKER#${POLICY.account}`;
    await store.table.put({ pk, sk: 'BREAKER', counted: 'damaged', version: 1 });
    await orderUndo(store, ids, now);
    const byAna = { cause: 'person', by: 'person:ana.silva' };
    expect(await undo(ids, byAna)).toMatchObject({ status: 'reversed' });
  });

  test('P4: marks an undo that cannot be verified as failed, and undoes it on the next attempt', async () => {
    const ids = await inForce();
    minutes(60);
    const inner = deps();
    const stuck = { holds: false, found: 'It is still there' };
    const mechanisms = [...inner.mechanisms].map(([id, one]): [string, Connected] => [
      id,
      { ...one, driver: { ...one.driver, verifyReverted: async () => stuck } },
    ]);
    const request = { ...ids, cause: 'due', by: 'schedule' };
    expect(await reverse({ ...inner, mechanisms: new Map(mechanisms) }, request)).toMatchObject({
      status: 'reversal-failed',
    });
    const { attentionAt, history } = await load(ids);
    expect(history.at(-1)?.text).toContain('It is still there');
    expect(Date.parse(attentionAt ?? '') - now.getTime()).toBe(15 * 60_000);
    expect(await undo(ids, { cause: 'sweeper', by: 'sweep' })).toMatchObject({
      status: 'reversed',
    });
  });

  test('P4: leaves an effect that existed before the action', async () => {
    world.set(attacker.value, 'theirs');
    const ids = await inForce();
    minutes(60);
    expect(await undo(ids)).toMatchObject({ status: 'reversed' });
    expect(world.get(attacker.value)).toBe('theirs');
  });

  test.each(['due', 'person'] as const)(
    'P4: ends quietly when the target was deleted (%s)',
    async (cause) => {
      const ids = await inForce();
      world.set(attacker.value, 'deleted');
      const by = cause === 'person' ? 'person:ana.silva' : 'schedule';
      if (cause === 'person') await orderUndo(store, ids, now);
      else minutes(60);
      expect(await undo(ids, { cause, by })).toMatchObject({ status: 'reversed' });
      const action = await load(ids);
      expect(action.history.at(-1)?.text).toBe(
        'Nothing is left to undo: 203.0.113.7 no longer exists',
      );
      expect(isTargetGone(action)).toBe(true);
      expect(await store.breaker.find(POLICY.account), 'no breaker event').toBeNull();
      expect(await holders()).toEqual([]);
    },
  );

  test('P4: fails an execution whose target was deleted after the capture, without a breaker event', async () => {
    const ids = await put();
    const inner = deps();
    const schedules: ExecuteDeps['schedules'] = {
      ...inner.schedules,
      put: async () => void world.set(attacker.value, 'deleted'),
    };
    await expect(execute({ ...inner, schedules }, ids)).rejects.toThrow(TargetGone);
    const failure = { Error: 'TargetGone', Cause: '203.0.113.7 no longer exists' };
    const request = { cause: 'execution-failed', by: 'respond', failure };
    expect(await undo(ids, request)).toMatchObject({ status: 'failed' });
    expect(await load(ids)).toMatchObject({ failure: expect.stringContaining('no longer exists') });
    expect(await store.breaker.find(POLICY.account)).toBeNull();
    expect(await holders()).toEqual([]);
  });

  test('P4: undoes a shared effect when its last holder is reversed', async () => {
    const first = await inForce();
    const second = await put({ actionId: 'act-0123456789abcdef-2' });
    await execute(deps(), second);
    minutes(60);
    await undo(first);
    expect(world.get(attacker.value)).toBe('ours');
    await undo(second);
    expect(world.size).toBe(0);
  });

  test('ends an execution that changed nothing as failed, and releases its lease', async () => {
    const ids = await put();
    await store.leases.acquire(`toy:${attacker.value}`, ids.actionId, now);
    const failure = { Error: 'Denied', Cause: 'no permission' };
    const request = { cause: 'execution-failed', by: 'respond', failure };
    expect(await undo(ids, request)).toMatchObject({ status: 'failed' });
    expect(await load(ids)).toMatchObject({ failure: 'Denied: no permission' });
    expect(await holders()).toEqual([]);
  });
});

describe('an action after a failed undo of the same effect', () => {
  const failedUndo = async () => {
    const ids = await put();
    await execute(deps(), ids);
    world.set(attacker.value, 'theirs');
    minutes(60);
    await reverse(deps(), { ...ids, cause: 'due', by: 'schedule' });
    // The failed undo tripped the breaker. A person has resumed.
    await resume(store, POLICY.account, now);
    return ids;
  };
  const next = { actionId: 'act-0123456789abcdef-2' };

  test.each(['auto', 'approve'] as const)(
    'P4: hands off an action after a failed undo of the same effect, with the reason (%s)',
    async (disposition) => {
      const { actionId } = await failedUndo();
      const approved = disposition === 'approve';
      const ids = await put({
        ...next,
        disposition,
        status: approved ? 'approved' : 'proposed',
        approval: approved ? approvedByAna : null,
      });
      expect(await execute(deps(), ids)).toMatchObject({ status: 'handed-off' });
      const action = await load(ids);
      expect(action.attentionAt, 'the sweeper notifies people').toBe(now.toISOString());
      expect(action.reasons.at(-1)).toEqual({
        code: 'earlier-undo-failed',
        text: `Not applied: the undo of ${actionId} failed, and it has the same effect`,
      });
      expect(await holders()).toEqual([actionId]);
    },
  );

  test('P4: applies an action once the failed undo of the same effect has succeeded', async () => {
    const first = await failedUndo();
    world.set(attacker.value, 'ours');
    const byAna = { ...first, cause: 'person', by: 'person:ana.silva' };
    expect(await reverse(deps(), byAna)).toMatchObject({ status: 'reversed' });
    expect(await execute(deps(), await put(next))).toMatchObject({ status: 'in-force' });
  });
});

describe('due times', () => {
  test('P4: the sweeper undoes an action within 60 seconds of its due time, at any second of the minute', async () => {
    const ids = await put();
    await execute(deps(), ids);
    const { dueAt, attentionAt } = await load(ids);
    const due = Date.parse(dueAt ?? '');
    for (let second = 0; second < 60; second += 6) {
      const minuteBegins = due - 120_000 + second * 1000;
      const looks = [0, 1, 2, 3].map((n) => new Date(minuteBegins + n * 60_000));
      const finds = looks.find((at) => at.toISOString() >= (attentionAt ?? ''));
      now = finds ?? NOW;
      // Ten seconds are left to start the reversal and to undo the change.
      expect(now.getTime()).toBeLessThanOrEqual(due + 50_000);
      const isDue = await reverse(deps(), { ...ids, cause: 'sweeper', by: 'sweep' });
      expect(isDue.status, `sweeps at second ${second}`).toBe('reversed');
      await store.records.changeAction(ids.incidentId, ids.actionId, (current) => ({
        ...current,
        version: current.version + 1,
        status: 'in-force',
      }));
    }
  });

  test('P4: the sweeper checks a stuck short action when it is due, and a stuck long one after 20 minutes', async () => {
    for (const [durationMinutes, seconds] of [
      [2, 110],
      [60, 1200],
    ] as const) {
      store = await db.fresh();
      const ids = await put({ durationMinutes });
      await survives(execute(killedAt(21, deps()), ids));
      const { status, attentionAt } = await load(ids);
      expect(status).toBe('executing');
      expect((Date.parse(attentionAt ?? '') - NOW.getTime()) / 1000).toBe(seconds);
    }
  });
});

describe('a decision at the due time', () => {
  const { people } = POLICY.escalation;
  const person = 'ana.silva';
  /** A decision is written between the reversal's read of the record and its first change. */
  const overtakenBy = (ids: { actionId: string }, change: (current: Action) => Promise<Change>) => {
    const inner = deps();
    let looks = 0;
    const records: Store['records'] = {
      ...inner.store.records,
      action: async (incidentId, actionId) => {
        const seen = await inner.store.records.action(incidentId, actionId);
        if (looks++ === 0) await write(inner, { ...seen, ...ids }, change);
        return seen;
      },
    };
    return { ...inner, store: { ...inner.store, records } };
  };

  test.each([
    [
      'keeps',
      'kept',
      (current: Action) => {
        const by = { person, people, now };
        const change = keep(current, { ...by, limits: POLICY.limits });
        return sealOrder(KEYS.votes, change, 'keep', by);
      },
    ],
    [
      'extends',
      'in-force',
      (current: Action) => {
        const by = { person, people, now };
        const change = extend(current, { ...by, limits: POLICY.limits, extensions: 0 });
        return sealOrder(KEYS.votes, change, 'extend', by);
      },
    ],
  ] as const)(
    'P4: accepts the decision of a person who %s the action at the moment when it is due',
    async (_, status, change) => {
      const ids = await put();
      await execute(deps(), ids);
      minutes(60);
      const request = { ...ids, cause: 'due', by: 'schedule' };
      expect(await reverse(overtakenBy(ids, change), request)).toMatchObject({ status: 'not-due' });
      expect((await load(ids)).status).toBe(status);
      expect(world.size).toBe(1);
    },
  );
});

/** Thrown when a function is killed. */
class Killed extends Error {}

/** The same dependencies, killed at the nth outgoing call: before it (even n) or after it (odd n). */
function killedAt(n: number, inner: ExecuteDeps): ExecuteDeps {
  let calls = 0;
  let isDead = false;
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (object, key, receiver) => {
        const value = Reflect.get(object, key, receiver);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]) => {
          const mine = calls++;
          isDead ||= mine * 2 === n;
          if (isDead) throw new Killed();
          const result = await value.apply(object, given);
          isDead ||= mine * 2 + 1 === n;
          if (isDead) throw new Killed();
          return result;
        };
      },
    });
  const mechanisms = new Map(
    [...inner.mechanisms].map(([id, one]) => [id, { ...one, driver: wrap(one.driver) }] as const),
  );
  return {
    ...inner,
    mechanisms,
    schedules: wrap(inner.schedules),
    store: {
      ...inner.store,
      records: wrap(inner.store.records),
      leases: wrap(inner.store.leases),
      entityHistory: wrap(inner.store.entityHistory),
    },
  };
}
const survives = async (work: Promise<unknown>) => {
  try {
    await work;
    return true;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return false;
  }
};
/** More than twice the calls of one execution or reversal. */
const KILLS = 40;

describe('a crash between any two steps', () => {
  test('P3: a crashed execution never leaves a change without its record and its scheduled reversal', async () => {
    let crashes = 0;
    for (let n = 0; n < KILLS; n++) {
      store = await db.fresh();
      world.clear();
      kept.clear();
      const ids = await put();
      if (!(await survives(execute(killedAt(n, deps()), ids)))) crashes++;
      if (world.size > 0) {
        expect(['executing', 'in-force']).toContain((await load(ids)).status);
        expect(kept.has(`reverse-${ids.actionId}`), `killed at ${n}`).toBe(true);
      }
      expect(await execute(deps(), ids), `killed at ${n}`).toMatchObject({ status: 'in-force' });
    }
    expect(crashes).toBeGreaterThan(10);
  });

  test('P4: undoes a crashed execution from its record alone', async () => {
    for (let n = 0; n < KILLS; n++) {
      store = await db.fresh();
      world.clear();
      const ids = await put();
      await survives(execute(killedAt(n, deps()), ids));
      await orderUndo(store, ids, now);
      await reverse(deps(), { ...ids, cause: 'person', by: 'person:ana.silva' });
      expect(world.size, `killed at ${n}`).toBe(0);
      expect(await holders()).toEqual([]);
    }
  });

  test('P4: completes a crashed reversal on the next attempt', async () => {
    let crashes = 0;
    for (let n = 0; n < KILLS; n++) {
      store = await db.fresh();
      world.clear();
      now = NOW;
      const ids = await put();
      await execute(deps(), ids);
      minutes(61);
      const request = { ...ids, cause: 'due', by: 'schedule' };
      if (!(await survives(reverse(killedAt(n, deps()), request)))) crashes++;
      await reverse(deps(), request);
      expect((await load(ids)).status, `killed at ${n}`).toBe('reversed');
      expect([world.size, await store.leases.find(`toy:${attacker.value}`)]).toEqual([0, null]);
    }
    expect(crashes).toBeGreaterThan(10);
  });

  /** An executor whose `apply` waits until a reversal has finished. */
  const overtaken = (
    ids: { incidentId: string; actionId: string },
    then = () => {},
  ): ExecuteDeps => {
    const slow = deps();
    const driverOf = (one: Connected): Connected => ({
      ...one,
      driver: {
        ...one.driver,
        apply: async (subject, before) => {
          await reverse(deps(), { ...ids, cause: 'sweeper', by: 'sweep' });
          await one.driver.apply(subject, before);
          then();
        },
      },
    });
    const mechanisms = [...slow.mechanisms].map(([id, one]) => [id, driverOf(one)] as const);
    return { ...slow, mechanisms: new Map(mechanisms) };
  };
  const dies = () => {
    throw new Killed();
  };
  const refused = (error: unknown) => expect(error).toBeInstanceOf(Conflict);
  const finalCheck = (ids: { incidentId: string; actionId: string }) => {
    minutes(5);
    return reverse(deps(), { ...ids, cause: 'sweeper', by: 'sweep' });
  };

  test('P4: reverts an execution that a reversal overtook', async () => {
    const ids = await put();
    await expect(execute(overtaken(ids), ids)).rejects.toThrow(IllegalTransition);
    const failure = { Error: 'IllegalTransition' };
    await reverse(deps(), { ...ids, cause: 'execution-failed', by: 'respond', failure });
    expect(world.size).toBe(0);
    expect(await load(ids)).toMatchObject({ status: 'failed', attentionAt: null });
  });

  test('P4: the change of an overtaken execution that was killed before it noticed the reversal stays until its due time', async () => {
    const ids = await put();
    await survives(execute(overtaken(ids, dies), ids));
    expect(world.size).toBe(1);
    expect((await load(ids)).attentionAt, 'the sweeper checks again').not.toBeNull();
    await finalCheck(ids);
    expect(world.size, 'a planted record looks the same').toBe(1);
    const { dueAt, attentionAt: next } = await load(ids);
    expect(next).toBe(overdueAt(dueAt!));
    minutes(60);
    await reverse(deps(), { ...ids, cause: 'sweeper', by: 'sweep' });
    expect(world.size).toBe(0);
    const { attentionAt, history } = await load(ids);
    expect([attentionAt, history.at(-1)?.event]).toEqual([null, 'late-change']);
    expect(await store.leases.find(`toy:${attacker.value}`)).toBeNull();
  });

  test('P4: logs once when the clean-up after a late apply fails, and leaves the state of another party', async () => {
    const ids = await put();
    await survives(execute(overtaken(ids, dies), ids));
    world.set(attacker.value, 'theirs');
    const logged: string[] = [];
    minutes(61);
    const log: ExecuteDeps['log'] = (_, message) => void logged.push(message);
    await reverse({ ...deps(), log }, { ...ids, cause: 'sweeper', by: 'sweep' });
    expect(logged).toEqual(['reversal failed']);
    const { attentionAt, history } = await load(ids);
    expect([attentionAt, history.at(-1)?.text]).toEqual([
      null,
      'StateChanged: someone else put it there',
    ]);
    expect(world.get(attacker.value)).toBe('theirs');
  });

  test('P4: a later action does not take a late change for an effect that existed before it', async () => {
    const ids = await put();
    await survives(execute(overtaken(ids, dies), ids));
    const next = await put({ actionId: 'act-0123456789abcdef-2' });
    await execute(deps(), next);
    await finalCheck(ids);
    expect(world.size, 'the next action holds it').toBe(1);
    minutes(60);
    await reverse(deps(), { ...next, cause: 'due', by: 'schedule' });
    expect(world.size).toBe(0);
  });

  test('P4: leaves no lease holder when the reversal of an abandoned execution crashes at any call', async () => {
    for (const by of ['respond', 'sweep'])
      for (let n = 0; n < KILLS; n++) {
        store = await db.fresh();
        const ids = await put();
        await store.leases.acquire(`toy:${attacker.value}`, ids.actionId, now);
        const cause = by === 'respond' ? 'execution-failed' : 'sweeper';
        await survives(reverse(killedAt(n, deps()), { ...ids, cause, by }));
        // The executor of an execution that the sweeper abandoned may still run and acquire the lease now.
        if (by === 'sweep')
          await store.leases.acquire(`toy:${attacker.value}`, ids.actionId, now).catch(refused);
        if ((await load(ids)).status !== 'failed') await reverse(deps(), { ...ids, cause, by });
        await finalCheck(ids);
        expect(await holders(), `killed at ${n}`).toEqual([]);
        expect((await load(ids)).attentionAt).toBeNull();
      }
  });

  test('P4: an abandoned execution does not keep the effect of another action', async () => {
    const late = await put();
    const second = await put({ actionId: 'act-0123456789abcdef-2' });
    await execute(deps(), second);
    await reverse(deps(), { ...late, cause: 'sweeper', by: 'sweep' });
    await store.leases.acquire(`toy:${attacker.value}`, late.actionId, now);
    await orderUndo(store, second, now);
    await reverse(deps(), { ...second, cause: 'person', by: 'person:ana.silva' });
    expect(world.size, 'the late executor has no evidence, so it can apply nothing').toBe(0);
    await expect(execute(deps(), late)).resolves.toMatchObject({ status: 'failed' });
    await finalCheck(late);
    expect([world.size, await holders()]).toEqual([0, []]);
  });

  test('P4: the clean-up after a failed execution keeps what a person added since', async () => {
    const ids = await put();
    const failure = { Error: 'Denied', Cause: 'no permission' };
    await survives(execute(killedAt(17, deps()), ids));
    await reverse(deps(), { ...ids, cause: 'execution-failed', by: 'respond', failure });
    world.set(attacker.value, 'ours');
    await finalCheck(ids);
    expect(world.size).toBe(1);
  });

  test('P3: applies nothing when the duration of the action is over before it is applied', async () => {
    const ids = await put({ durationMinutes: 1 });
    await survives(execute(killedAt(17, deps()), ids));
    expect((await load(ids)).status).toBe('executing');
    minutes(2);
    await expect(execute(deps(), ids)).rejects.toThrow('was due to be undone');
    expect(world.size).toBe(0);
  });

  test('P10: records a reversal as requested by a person, even when the sweeper completes it', async () => {
    for (let n = 0; n < KILLS; n++) {
      store = await db.fresh();
      world.clear();
      now = NOW;
      const ids = await put();
      await execute(deps(), ids);
      await orderUndo(store, ids, now);
      const wanted = { ...ids, cause: 'person', by: 'person:ana.silva' };
      await survives(reverse(killedAt(n, deps()), wanted));
      if ((await load(ids)).status === 'in-force') await reverse(deps(), wanted);
      minutes(5);
      await reverse(deps(), { ...ids, cause: 'sweeper', by: 'sweep' });
      const events = (await store.entityHistory.read(attacker)).map(({ event }) => event);
      expect(events, `killed at ${n}`).toContain('reversed-by-person');
    }
  });
});
