// Leases and the rate limit under concurrency: P4 and P6.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Conflict } from '../../functions/domain/errors.ts';
import type { Store } from '../../functions/store/store.ts';
import { startStore, type TestStore } from './dynamo.ts';

let db: TestStore;
let store: Store;
beforeAll(async () => {
  db = await startStore();
});
afterAll(() => db.stop());
beforeEach(async () => {
  store = await db.fresh();
});

const KEY = 'waf:block:203.0.113.7/32';

describe('a lease', () => {
  test('is held by everybody who joins, and ends with the last one', async () => {
    await store.leases.acquire(KEY, 'a');
    await store.leases.acquire(KEY, 'b');
    expect(await store.leases.release(KEY, 'a')).toBe('others-hold');
    expect(await store.leases.release(KEY, 'b')).toBe('last');
    await store.leases.drop(KEY, 'b');
    expect(await store.leases.find(KEY)).toBeNull();
  });

  test('admits nobody while the last holder takes the effect back', async () => {
    await store.leases.acquire(KEY, 'a');
    await store.leases.release(KEY, 'a');
    await expect(store.leases.acquire(KEY, 'b')).rejects.toThrow(Conflict);
  });

  test('keeps the state that the first holder found, and lets nobody else look first', async () => {
    const first = await store.leases.acquire(KEY, 'a');
    await store.leases.acquire(KEY, 'b');
    await expect(store.leases.recordBefore(KEY, 'b', { present: true })).rejects.toThrow(Conflict);
    expect(first.captured).toBe(false);
    await store.leases.recordBefore(KEY, 'a', { present: false });
    expect((await store.leases.acquire(KEY, 'b')).before).toEqual({ present: false });
  });

  test('lets each call be repeated', async () => {
    await store.leases.acquire(KEY, 'a');
    await store.leases.acquire(KEY, 'a');
    expect((await store.leases.find(KEY))?.holders).toEqual(['a']);
    expect(await store.leases.release(KEY, 'a')).toBe('last');
    expect(await store.leases.release(KEY, 'a')).toBe('last');
    await store.leases.drop(KEY, 'a');
    await store.leases.drop(KEY, 'a');
    expect(await store.leases.release(KEY, 'a')).toBe('gone');
  });

  test('is joined by ten at once, and left by ten at once, without losing one', async () => {
    const all = Array.from({ length: 10 }, (_, n) => `act-${n}`);
    await Promise.all(all.map((one) => store.leases.acquire(KEY, one)));
    expect((await store.leases.find(KEY))?.holders.sort()).toEqual(all);
    const left = await Promise.all(all.map((one) => store.leases.release(KEY, one)));
    expect(left.filter((one) => one === 'last')).toHaveLength(1);
  });
});

describe('P6: the rate limit', () => {
  const limits = { perAccount: 5, perAction: 4, perIncident: 3 };
  const at = (seconds: number) => new Date(Date.UTC(2026, 10, 24, 3, 0, seconds));
  const wanted = (n: number, change = {}) => ({
    actionId: `act-${n}`,
    incidentId: `inc-${n}`,
    name: `action-${n}`,
    ...change,
  });

  test('grants the configured number in any 60 seconds and no more, however many ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => store.limiter.reserve('1', wanted(n), limits, at(0))),
    );
    expect(answers.filter(({ granted }) => granted).length).toBeLessThanOrEqual(limits.perAccount);
    const more: boolean[] = [];
    for (let n = 100; n < 110; n++)
      more.push((await store.limiter.reserve('1', wanted(n), limits, at(59))).granted);
    const total = answers.filter(({ granted }) => granted).length + more.filter(Boolean).length;
    expect(total).toBe(limits.perAccount);
  });

  test('slides: a place is free again 60 seconds after it was taken, not at the turn of the minute', async () => {
    for (let n = 0; n < 5; n++) await store.limiter.reserve('1', wanted(n), limits, at(50));
    expect((await store.limiter.reserve('1', wanted(6), limits, at(65))).granted).toBe(false);
    expect((await store.limiter.reserve('1', wanted(6), limits, at(110))).granted).toBe(true);
  });

  test('counts per action and per incident too, and says which limit was met', async () => {
    for (let n = 0; n < 3; n++)
      await store.limiter.reserve('1', wanted(n, { incidentId: 'inc-x' }), limits, at(0));
    const refused = await store.limiter.reserve(
      '1',
      wanted(9, { incidentId: 'inc-x' }),
      limits,
      at(1),
    );
    expect(refused).toEqual({
      granted: false,
      why: '3 automatic actions in the last minute for this incident; the limit is 3',
    });
  });

  test('gives one action one place, also when it asks again', async () => {
    for (let n = 0; n < 10; n++) await store.limiter.reserve('1', wanted(1), limits, at(0));
    expect((await store.limiter.reserve('1', wanted(2), limits, at(0))).granted).toBe(true);
  });
});
