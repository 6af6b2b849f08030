// Undos of several actions that hold one effect, with a person in between (P4).
import { beforeEach, expect, test } from 'vitest';
import { Unavailable } from '../../functions/domain/errors.ts';
import { minutesAfter, NOTIFIED_WITHIN_MINUTES } from '../../functions/domain/time.ts';
import type { ExecuteDeps } from '../../functions/execute/deps.ts';
import { execute } from '../../functions/execute/execute.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import type { Store } from '../../functions/store/store.ts';
import { attacker, INCIDENT_ID, NOW } from '../fixtures/case.ts';
import { orderUndo } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { toyAction, toyDeps, type World } from './toy.ts';

const [FIRST, SECOND] = ['1', '2'].map((n) => ({
  incidentId: INCIDENT_ID,
  actionId: `act-0123456789abcdef-${n}`,
})) as [Ids, Ids];
type Ids = { incidentId: string; actionId: string };

let store: Store;
let world: World;
let now: Date;
beforeEach(async () => {
  [store, world, now] = [storeOn(memoryTable()), new Map(), NOW];
});
const deps = (): ExecuteDeps => toyDeps(store, world, { now: () => now });
const minutes = (n: number) => {
  now = new Date(now.getTime() + n * 60_000);
};
const begin = async ({ actionId }: Ids, durationMinutes: number) => {
  const createdAt = now.toISOString();
  await store.records.createAction(toyAction({ actionId, durationMinutes, createdAt }));
  await execute(deps(), { incidentId: INCIDENT_ID, actionId });
};
const undo = (ids: Ids, { isOrdered = false, given = deps() } = {}) =>
  reverse(given, {
    ...ids,
    ...(isOrdered
      ? { cause: 'person', by: 'person:ana.silva' }
      : { cause: 'sweeper', by: 'sweep' }),
  });
const orderBoth = async () => {
  for (const ids of [FIRST, SECOND]) await orderUndo(store, ids, now);
};
const lastOf = async ({ actionId }: Ids) => {
  const { status, history } = await store.records.action(INCIDENT_ID, actionId);
  return `${status}: ${history.at(-1)?.text}`;
};
/** A person makes the same change: AWS shows no difference. */
const madeAgain = () => void world.set(attacker.value, 'ours');
const isThere = () => world.has(attacker.value);

test('leaves the change that a person makes between the two undos of one order, and says so', async () => {
  await begin(FIRST, 600);
  await begin(SECOND, 600);
  await orderBoth();
  await undo(FIRST, { isOrdered: true });
  expect(isThere()).toBe(false);
  madeAgain();
  minutes(1);
  await undo(SECOND, { isOrdered: true });
  expect(isThere()).toBe(true);
  expect(await lastOf(SECOND)).toMatch(/^reversal-failed: StateChanged: .*someone made it again/);
});

test('leaves the change that a person makes before the overdue undo of another action', async () => {
  await begin(FIRST, 60);
  await begin(SECOND, 66);
  minutes(66);
  await undo(SECOND);
  expect(isThere()).toBe(false);
  madeAgain();
  await undo(FIRST);
  expect(isThere()).toBe(true);
});

test('ends both actions as undone if the change stays away', async () => {
  await begin(FIRST, 600);
  await begin(SECOND, 600);
  await orderBoth();
  await undo(FIRST, { isOrdered: true });
  await undo(SECOND, { isOrdered: true });
  expect(await lastOf(FIRST)).toBe('reversed: It is gone');
  expect(await lastOf(SECOND)).toBe('reversed: It is gone');
});

test('the second undo removes the change if the first one failed', async () => {
  await begin(FIRST, 600);
  await begin(SECOND, 600);
  await orderBoth();
  const given = deps();
  const mechanisms = [...given.mechanisms].map(([id, one]) => {
    const revert = async () => {
      throw new Unavailable('AWS does not answer');
    };
    return [id, { ...one, driver: { ...one.driver, revert } }] as const;
  });
  const failing = { ...given, mechanisms: new Map(mechanisms) };
  await expect(undo(FIRST, { isOrdered: true, given: failing })).rejects.toThrow(Unavailable);
  minutes(4);
  await undo(SECOND, { isOrdered: true });
  expect(isThere()).toBe(false);
  expect(await lastOf(SECOND)).toBe('reversed: It is gone');
});

test('a third action that holds the effect later is undone as usual', async () => {
  await begin(FIRST, 600);
  await begin(SECOND, 600);
  await orderBoth();
  await undo(FIRST, { isOrdered: true });
  const third = { ...FIRST, actionId: 'act-0123456789abcdef-3' };
  await begin(third, 60);
  await undo(SECOND, { isOrdered: true });
  expect(isThere()).toBe(true);
  minutes(61);
  await undo(third);
  expect(isThere()).toBe(false);
});

test('P9: the sweeper checks that people know of a change that stays after their undo', async () => {
  await begin(FIRST, 600);
  await begin(SECOND, 600);
  minutes(30);
  await orderUndo(store, FIRST, now);
  expect(await undo(FIRST, { isOrdered: true })).toMatchObject({ leavesWork: true });
  expect(isThere()).toBe(true);
  const { attentionAt } = await store.records.action(INCIDENT_ID, FIRST.actionId);
  expect(attentionAt).toBe(minutesAfter(now, NOTIFIED_WITHIN_MINUTES));
});
