// Which before-state of a shared effect an executor accepts (P4).
import { beforeEach, expect, test } from 'vitest';
import { prove } from '../../functions/authority/claims.ts';
import type { Action } from '../../functions/domain/action.ts';
import { IN_PLACE_BEFORE, NOTHING_APPLIED } from '../../functions/domain/effect-state.ts';
import { Conflict, StateChanged, Unavailable } from '../../functions/domain/errors.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import type { ExecuteDeps } from '../../functions/execute/deps.ts';
import { execute } from '../../functions/execute/execute.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import { digestOf } from '../../functions/store/hash-chain.ts';
import { singleKey } from '../../functions/store/layout.ts';
import type { Store } from '../../functions/store/store.ts';
import { attacker, INCIDENT_ID, NOW } from '../fixtures/case.ts';
import { KEYS, orderUndo } from '../fixtures/proofs.ts';
import { startStores } from '../store/stores.ts';
import { toyAction, toyDeps, type World } from './toy.ts';

const EFFECT = `toy:${attacker.value}`;
const FIRST = 'act-0123456789abcdef-1';
const SECOND = 'act-0123456789abcdef-2';
const ABSENT = { present: false };

const db = startStores();
let store: Store;
let world: World;
let now: Date;
beforeEach(async () => {
  store = await db.fresh();
  world = new Map();
  now = NOW;
});
const minutes = (n: number) => {
  now = new Date(now.getTime() + n * 60_000);
};
const deps = (): ExecuteDeps => toyDeps(store, world, { now: () => now });
const put = async (change: Partial<Action>) => {
  const action = toyAction({ createdAt: now.toISOString(), ...change });
  await store.records.createAction(action);
  return { incidentId: action.incidentId, actionId: action.actionId };
};
const captureAt = (at: string) =>
  prove(KEYS.evidence, 'capture', {
    effectKey: EFFECT,
    actionId: FIRST,
    before: digestOf(ABSENT),
    at,
  });
/** As someone who may write every item. */
const plantLease = async (change: object) => {
  const key = singleKey('lease', EFFECT);
  await store.table.put({ ...(await store.table.get(key)), ...key, version: 9, ...change });
};
const held = { captured: true, before: ABSENT, handedOn: true, releasing: null };

test('a genuine capture from long ago restores nothing: without a holder, the state is captured again', async () => {
  const first = await put({ actionId: FIRST });
  await execute(deps(), first);
  const old = await store.table.get(singleKey('lease', EFFECT));
  minutes(60);
  await reverse(deps(), { ...first, cause: 'due', by: 'schedule' });
  // Now it is someone else's, so that the next action must leave it in place.
  world.set(attacker.value, 'theirs');
  minutes(60);
  await plantLease({ ...old, claim: null });
  const second = await put({ actionId: SECOND });
  await execute(deps(), second);
  const { before, history } = await store.records.action(INCIDENT_ID, SECOND);
  expect([before, history.at(-1)?.text]).toEqual([{ present: true }, IN_PLACE_BEFORE]);
  minutes(60);
  await reverse(deps(), { ...second, cause: 'due', by: 'schedule' });
  expect(world.get(attacker.value)).toBe('theirs');
});

test('an action waits while the undo of another one with its effect is due', async () => {
  const first = await put({ actionId: FIRST });
  await execute(deps(), first);
  minutes(66);
  await expect(execute(deps(), await put({ actionId: SECOND }))).rejects.toThrow(Conflict);
  await reverse(deps(), { ...first, cause: 'due', by: 'schedule' });
  await execute(deps(), { ...first, actionId: SECOND });
  expect((await store.records.action(INCIDENT_ID, SECOND)).before).toEqual(ABSENT);
});

test('a retry stops when someone else made the change before the first apply', async () => {
  const first = await put({ actionId: FIRST });
  const inner = deps();
  const schedules: ExecuteDeps['schedules'] = {
    ...inner.schedules,
    put: async () => {
      throw new Unavailable('no schedules');
    },
  };
  await expect(execute({ ...inner, schedules }, first)).rejects.toThrow(Unavailable);
  world.set(attacker.value, 'theirs');
  await expect(execute(inner, first)).rejects.toThrow(StateChanged);
  const failure = { Error: 'StateChanged' };
  await reverse(inner, { ...first, cause: 'execution-failed', by: 'respond', failure });
  const { status, history } = await store.records.action(INCIDENT_ID, FIRST);
  expect([status, history.at(-1)?.text]).toEqual(['failed', NOTHING_APPLIED]);
  expect(world.get(attacker.value)).toBe('theirs');
});

test('the sweeper does not take the change of someone else for that of an interrupted execution', async () => {
  const first = await put({ actionId: FIRST });
  const inner = deps();
  const leases: Store['leases'] = {
    ...inner.store.leases,
    beginApply: async () => {
      throw new Error('killed');
    },
  };
  const killed = { ...inner, store: { ...inner.store, leases } };
  await expect(execute(killed, first)).rejects.toThrow('killed');
  world.set(attacker.value, 'theirs');
  minutes(25);
  await reverse(inner, { ...first, cause: 'sweeper', by: 'sweep' });
  expect((await store.records.action(INCIDENT_ID, FIRST)).status).toBe('failed');
  expect(world.get(attacker.value)).toBe('theirs');
});

test('an early undo right after the execution leaves what someone else adds in the next minutes', async () => {
  const first = await put({ actionId: FIRST });
  await execute(deps(), first);
  await orderUndo(store, first, now);
  await reverse(deps(), { ...first, cause: 'person', by: 'person:ana.silva' });
  world.set(attacker.value, 'theirs');
  minutes(6);
  await reverse(deps(), { ...first, cause: 'sweeper', by: 'sweep' });
  expect(world.get(attacker.value)).toBe('theirs');
});

test('a capture that is new, or of a holder that is not over, is accepted', async () => {
  const first = await put({ actionId: FIRST, durationMinutes: 120 });
  await execute(deps(), first);
  minutes(60);
  const second = await put({ actionId: SECOND });
  await execute(deps(), second);
  expect((await store.records.action(INCIDENT_ID, SECOND)).before).toEqual(ABSENT);
});

test('a holder that is not over proves the before-state of a lease without a capture', async () => {
  const first = await put({ actionId: FIRST, durationMinutes: 120 });
  await execute(deps(), first);
  await plantLease({ ...held, capture: null });
  minutes(60);
  await execute(deps(), await put({ actionId: SECOND }));
  expect((await store.records.action(INCIDENT_ID, SECOND)).status).toBe('in-force');
});

test('a changed before-state is refused under the same holder', async () => {
  const first = await put({ actionId: FIRST, durationMinutes: 120 });
  await execute(deps(), first);
  const capture = await captureAt(minutesAfter(now, -5));
  await plantLease({ ...held, before: { present: true }, capture });
  const second = await put({ actionId: SECOND });
  await expect(execute(deps(), second)).rejects.toThrow('before-state of the shared effect');
});
