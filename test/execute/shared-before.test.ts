// Which before-state of a shared effect an executor accepts (P4).
import { beforeEach, expect, test } from 'vitest';
import { prove } from '../../functions/authority/claims.ts';
import type { Action } from '../../functions/domain/action.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import type { ExecuteDeps } from '../../functions/execute/deps.ts';
import { execute } from '../../functions/execute/execute.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import { digestOf } from '../../functions/store/hash-chain.ts';
import { singleKey } from '../../functions/store/layout.ts';
import type { Store } from '../../functions/store/store.ts';
import { attacker, INCIDENT_ID, NOW } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { startStores } from '../store/dynamo.ts';
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

test('a genuine capture from long ago restores nothing', async () => {
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
  await expect(execute(deps(), second)).rejects.toThrow('before-state of the shared effect');
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
