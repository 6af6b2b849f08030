// What a sweep reads doesn't depend on how many actions are in force.
import { expect, test } from 'vitest';
import { minuteOf } from '../../functions/store/checks.ts';
import { createStore } from '../../functions/store/store.ts';
import type { Table } from '../../functions/store/table.ts';
import type { SweepDeps } from '../../functions/sweep/deps.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { openTable } from '../../local/engine/table.ts';
import { toyAction } from '../execute/toy.ts';
import { NOW } from '../fixtures/case.ts';

/** Items and keys that the table returned. */
let read = 0;
const counting = (table: Table): Table => ({
  ...table,
  get: async (key) => counted(await table.get(key)),
  query: async (...asked) => counted(await table.query(...asked)),
  due: async (...asked) => counted(await table.due(...asked)),
});
const counted = <T>(answer: T): T => {
  read += Array.isArray(answer) ? answer.length : answer ? 1 : 0;
  return answer;
};

const idOf = (n: number) => `act-${String(n).padStart(16, '0')}-1`;

/** Items read by each of these sweeps, a minute apart. */
async function sweeps(ids: readonly string[], count: number): Promise<number[]> {
  const store = createStore(counting(openTable()), () => {});
  const attentionAt = '2026-11-27T03:00:00.000Z';
  for (const actionId of ids)
    await store.records.createAction(toyAction({ actionId, status: 'in-force', attentionAt }));
  const counts: number[] = [];
  for (let minute = 1; minute <= count; minute++) {
    read = 0;
    await sweep({
      store,
      startReverse: async () => {},
      now: () => new Date(NOW.getTime() + minute * 60_000),
      log: () => {},
    } as unknown as SweepDeps);
    counts.push(read);
  }
  return counts;
}

test('a sweep reads three items for each check that it starts, and none for other actions in force', async () => {
  const ids = Array.from({ length: 60 }, (_, n) => idOf(n));
  const counts = await sweeps(ids, 120);
  expect(counts.reduce((sum, one) => sum + one, 0)).toBe(2 * ids.length * 3);
});

/** At most 20 checks start: an item and an action each. Every shard returns at most 20 keys. */
const MOST_READ = 8 * 20 + 20 + 20;

test('a sweep reads at most 200 items, however many checks are due', async () => {
  const sameMinute = (id: string) => minuteOf({ actionId: id }) === 30;
  const ids = Array.from({ length: 15_000 }, (_, n) => idOf(n)).filter(sameMinute);
  expect(ids.length).toBeGreaterThan(220);
  const counts = await sweeps(ids, 61);
  console.log(`${ids.length} checks due at once: at most ${Math.max(...counts)} items read`);
  expect(Math.max(...counts)).toBeLessThanOrEqual(MOST_READ);
});
