// The texts of executor and reverser by which pages recognise an effect.
import { beforeEach, expect, test } from 'vitest';
import {
  isHeldByAnother,
  isRemoved,
  wasInPlaceBefore,
} from '../../functions/domain/effect-state.ts';
import type { ExecuteDeps } from '../../functions/execute/deps.ts';
import { execute } from '../../functions/execute/execute.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import type { Store } from '../../functions/store/store.ts';
import { toyAction, toyDeps, type World } from '../execute/toy.ts';
import { attacker, INCIDENT_ID, NOW } from '../fixtures/case.ts';
import { orderUndo } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';

let store: Store;
let world: World;
beforeEach(() => {
  store = storeOn(memoryTable());
  world = new Map();
});
const deps = (): ExecuteDeps => toyDeps(store, world);

const [FIRST, SECOND] = ['act-0123456789abcdef-1', 'act-0123456789abcdef-2'] as const;
const load = (actionId: string) => store.records.action(INCIDENT_ID, actionId);
async function run(actionId: string) {
  await store.records.createAction(toyAction({ actionId }));
  await execute(deps(), { incidentId: INCIDENT_ID, actionId });
  return load(actionId);
}
async function end(actionId: string, cause: 'person' | 'check') {
  const by = 'person:ana.silva';
  if (cause === 'person') await orderUndo(store, { incidentId: INCIDENT_ID, actionId }, NOW);
  await reverse(deps(), { incidentId: INCIDENT_ID, actionId, scope: 'waf', cause, by });
  return load(actionId);
}

test('an effect that existed before the action is recognised, also after the end', async () => {
  world.set(attacker.value, 'theirs');
  expect(wasInPlaceBefore(await run(FIRST))).toBe(true);
  expect(wasInPlaceBefore(await end(FIRST, 'person'))).toBe(true);
  expect(world.get(attacker.value)).toBe('theirs');
});

test('an effect that another action still holds is recognised', async () => {
  await run(FIRST);
  await run(SECOND);
  expect(isHeldByAnother(await end(FIRST, 'person'))).toBe(true);
  expect(isHeldByAnother(await end(SECOND, 'person'))).toBe(false);
});

test('an effect that someone else removed is recognised until it is found again', async () => {
  await run(FIRST);
  world.delete(attacker.value);
  expect(isRemoved(await end(FIRST, 'check'))).toBe(true);
  world.set(attacker.value, 'ours');
  expect(isRemoved(await end(FIRST, 'check'))).toBe(false);
});

test('an effect that only this action made counts neither as removed nor as in place before', async () => {
  const action = await run(FIRST);
  expect([isRemoved, wasInPlaceBefore].map((is) => is(action))).toEqual([false, false]);
});
