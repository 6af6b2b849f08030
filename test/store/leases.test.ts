// Leases under concurrency: P4.
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
