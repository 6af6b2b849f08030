// Leases of earlier versions, whose keys have no place.
import { beforeEach, expect, test } from 'vitest';
import { execute } from '../../functions/execute/execute.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import type { Store } from '../../functions/store/store.ts';
import { attacker, INCIDENT_ID, NOW, POLICY } from '../fixtures/case.ts';
import { orderUndo } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { toyAction, toyDeps, type World } from './toy.ts';

const EARLIER = `toy:${attacker.value}`;
const CURRENT = `${POLICY.account}/eu-central-1/${EARLIER}`;
const FIRST = 'act-0123456789abcdef-1';
const SECOND = 'act-0123456789abcdef-2';

let store: Store;
let world: World;
beforeEach(() => {
  store = storeOn(memoryTable());
  world = new Map();
});
const deps = () => toyDeps(store, world);
const run = async (actionId: string, effectKey: string) => {
  await store.records.createAction(toyAction({ actionId, effectKey }));
  return execute(deps(), { incidentId: INCIDENT_ID, actionId });
};
const undo = async (actionId: string) => {
  const ids = { incidentId: INCIDENT_ID, actionId };
  await orderUndo(store, ids, NOW);
  return reverse(deps(), { ...ids, cause: 'person', by: 'person:ana.silva' });
};
const holdersOf = async (key: string) => (await store.leases.find(key))?.holders ?? [];

test.each([
  ['of an earlier version', EARLIER, CURRENT],
  ['of this version', CURRENT, EARLIER],
])(
  'an action joins a living lease %s, and the last one undoes the effect',
  async (_, first, second) => {
    await run(FIRST, first);
    await run(SECOND, second);
    expect(await holdersOf(first)).toEqual([FIRST, SECOND]);
    expect(await holdersOf(second)).toEqual([]);
    await undo(FIRST);
    expect(world.size, 'the other action needs it').toBe(1);
    await undo(SECOND);
    expect(world.size).toBe(0);
    expect([await holdersOf(first), await holdersOf(second)]).toEqual([[], []]);
  },
);

test('the next action uses its own key once the lease of the earlier version has ended', async () => {
  await run(FIRST, EARLIER);
  await undo(FIRST);
  await run(SECOND, CURRENT);
  expect([await holdersOf(EARLIER), await holdersOf(CURRENT)]).toEqual([[], [SECOND]]);
});

test('an execution that stopped on a lease of the earlier version releases that one', async () => {
  await run(FIRST, EARLIER);
  await store.records.createAction(toyAction({ actionId: SECOND, effectKey: CURRENT }));
  await store.leases.acquire(EARLIER, SECOND, NOW);
  const failure = { Error: 'Denied' };
  const ids = { incidentId: INCIDENT_ID, actionId: SECOND };
  await reverse(deps(), { ...ids, cause: 'execution-failed', by: 'respond', failure });
  expect(await holdersOf(EARLIER)).toEqual([FIRST]);
  expect(world.size).toBe(1);
});
