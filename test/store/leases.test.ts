// Leases under concurrency: P4.
import { beforeEach, describe, expect, test } from 'vitest';
import { Conflict } from '../../functions/domain/errors.ts';
import type { Store } from '../../functions/store/store.ts';
import { startStores } from './dynamo.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});

const KEY = 'waf:block:203.0.113.7/32';

describe('a lease', () => {
  test('is held by everybody who joins, and ends with the last one', async () => {
    await store.leases.acquire(KEY, 'a');
    await store.leases.acquire(KEY, 'b');
    expect(await store.leases.release(KEY, 'a'), 'others hold it').toBeNull();
    expect(await store.leases.release(KEY, 'b')).toMatchObject({ releasing: 'b' });
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
    expect(await store.leases.release(KEY, 'a')).toMatchObject({ releasing: 'a' });
    expect(await store.leases.release(KEY, 'a')).toMatchObject({ releasing: 'a' });
    await store.leases.drop(KEY, 'a');
    await store.leases.drop(KEY, 'a');
    expect(await store.leases.find(KEY)).toBeNull();
  });

  test('is let go of once more after its end without a trace, and leaves the next holder alone', async () => {
    expect(await store.leases.release(KEY, 'a')).toMatchObject({ captured: false });
    expect(await store.leases.find(KEY)).toBeNull();
    await store.leases.acquire(KEY, 'b');
    expect(await store.leases.release(KEY, 'a'), 'b holds it').toBeNull();
    await store.leases.drop(KEY, 'a');
    expect((await store.leases.find(KEY))?.holders).toEqual(['b']);
  });

  test('that is left is held by nobody, and the next holder knows the state before the first', async () => {
    await store.leases.acquire(KEY, 'a');
    await store.leases.recordBefore(KEY, 'a', { present: false });
    await store.leases.release(KEY, 'a');
    await store.leases.leave(KEY, 'a');
    await store.leases.leave(KEY, 'a');
    expect(await store.leases.find(KEY)).toMatchObject({ holders: [], releasing: null });
    expect(await store.leases.acquire(KEY, 'b')).toMatchObject({
      holders: ['b'],
      captured: true,
      before: { present: false },
    });
  });

  test('that nobody holds is dropped by whoever comes back for it', async () => {
    await store.leases.acquire(KEY, 'a');
    await store.leases.release(KEY, 'a');
    await store.leases.leave(KEY, 'a');
    await store.leases.release(KEY, 'a');
    await store.leases.drop(KEY, 'a');
    expect(await store.leases.find(KEY)).toBeNull();
  });

  test('is joined by ten at once, and left by ten at once, without losing one', async () => {
    const all = Array.from({ length: 10 }, (_, n) => `act-${n}`);
    await Promise.all(all.map((one) => store.leases.acquire(KEY, one)));
    expect((await store.leases.find(KEY))?.holders.sort()).toEqual(all);
    const left = await Promise.all(all.map((one) => store.leases.release(KEY, one)));
    expect(left.filter((one) => one !== null)).toHaveLength(1);
  });
});
