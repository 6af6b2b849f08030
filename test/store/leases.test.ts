// Leases under concurrency: P4.
import { beforeEach, describe, expect, test } from 'vitest';
import { Conflict, UndoFailed } from '../../functions/domain/errors.ts';
import type { Store } from '../../functions/store/store.ts';
import { NOW } from '../fixtures/case.ts';
import { startStores } from './dynamo.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});

const KEY = 'waf:block:203.0.113.7/32';
const by = (name: string, now = NOW) => ({ by: name, now });
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

describe('a lease', () => {
  test('is held by everybody who joins, and ends with the last one', async () => {
    await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.acquire(KEY, 'b', NOW);
    expect(await store.leases.release(KEY, 'a', by('a')), 'others hold it').toBeNull();
    expect(await store.leases.release(KEY, 'b', by('b'))).toMatchObject({ releasing: 'b' });
    await store.leases.drop(KEY, by('b'));
    expect(await store.leases.find(KEY)).toBeNull();
  });

  test('admits nobody while the last holder takes the effect back', async () => {
    await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.release(KEY, 'a', by('a'));
    await expect(store.leases.acquire(KEY, 'b', NOW)).rejects.toThrow(Conflict);
  });

  test('keeps the state that the first holder found, and lets nobody else look first', async () => {
    const first = await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.acquire(KEY, 'b', NOW);
    await expect(store.leases.recordBefore(KEY, 'b', { present: true })).rejects.toThrow(Conflict);
    expect(first.captured).toBe(false);
    await store.leases.recordBefore(KEY, 'a', { present: false });
    expect((await store.leases.acquire(KEY, 'b', NOW)).before).toEqual({ present: false });
  });

  test('lets each call be repeated', async () => {
    await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.acquire(KEY, 'a', NOW);
    expect((await store.leases.find(KEY))?.holders).toEqual(['a']);
    expect(await store.leases.release(KEY, 'a', by('a'))).toMatchObject({ releasing: 'a' });
    expect(await store.leases.release(KEY, 'a', by('a'))).toMatchObject({ releasing: 'a' });
    await store.leases.drop(KEY, by('a'));
    await store.leases.drop(KEY, by('a'));
    expect(await store.leases.find(KEY)).toBeNull();
  });

  test('is let go of once more after its end without a trace, and leaves the next holder alone', async () => {
    expect(await store.leases.release(KEY, 'a', by('a'))).toMatchObject({ captured: false });
    await expect(store.leases.acquire(KEY, 'b', NOW), 'while it is looked').rejects.toThrow(
      Conflict,
    );
    await store.leases.drop(KEY, by('a'));
    expect(await store.leases.find(KEY)).toBeNull();
    await store.leases.acquire(KEY, 'b', NOW);
    expect(await store.leases.release(KEY, 'a', by('a')), 'b holds it').toBeNull();
    await store.leases.drop(KEY, by('a'));
    expect((await store.leases.find(KEY))?.holders).toEqual(['b']);
  });

  test('is taken back by one reversal at a time; the next may go on when its function must be dead', async () => {
    await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.release(KEY, 'a', by('first'));
    await expect(store.leases.release(KEY, 'a', by('second', later(2)))).rejects.toThrow(Conflict);
    expect(
      await store.leases.release(KEY, 'a', by('first', later(2))),
      'its own retry',
    ).not.toBeNull();
    expect(await store.leases.release(KEY, 'a', by('second', later(5)))).not.toBeNull();
    await store.leases.drop(KEY, by('first'));
    expect(await store.leases.find(KEY), 'not ended by whom it was taken from').not.toBeNull();
    await store.leases.drop(KEY, by('second'));
    expect(await store.leases.find(KEY)).toBeNull();
  });

  test('whose reversal failed is taken back by the next one at once, and says to others that it failed', async () => {
    await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.release(KEY, 'a', by('first'));
    await store.leases.pause(KEY, by('first'), { isStuck: true });
    await expect(store.leases.acquire(KEY, 'b', NOW)).rejects.toThrow(UndoFailed);
    expect(await store.leases.release(KEY, 'a', by('second'))).not.toBeNull();
    await expect(store.leases.acquire(KEY, 'b', NOW), 'may pass').rejects.toThrow(Conflict);
  });

  test('whose reversal failed and that is kept is held as before', async () => {
    await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.release(KEY, 'a', by('first'));
    await store.leases.pause(KEY, by('first'), { isStuck: true });
    await store.leases.hold(KEY, 'a', { present: false });
    expect((await store.leases.acquire(KEY, 'b', NOW)).holders).toEqual(['a', 'b']);
  });

  test('that nobody held when its last look died keeps nobody out for ever', async () => {
    await store.leases.release(KEY, 'a', by('dies'));
    await expect(store.leases.acquire(KEY, 'b', later(2))).rejects.toThrow(Conflict);
    expect((await store.leases.acquire(KEY, 'b', later(4))).holders).toEqual(['b']);
  });

  test('that is left is held by nobody, and the next holder knows the state before the first', async () => {
    await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.recordBefore(KEY, 'a', { present: false });
    await store.leases.release(KEY, 'a', by('a'));
    await store.leases.detach(KEY, by('a'));
    await store.leases.detach(KEY, by('a'));
    expect(await store.leases.find(KEY)).toMatchObject({ holders: [], releasing: null });
    expect(await store.leases.acquire(KEY, 'b', NOW)).toMatchObject({
      holders: ['b'],
      captured: true,
      before: { present: false },
    });
  });

  test('that nobody holds is dropped by whoever comes back for it', async () => {
    await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.release(KEY, 'a', by('a'));
    await store.leases.detach(KEY, by('a'));
    await store.leases.release(KEY, 'a', by('a'));
    await store.leases.drop(KEY, by('a'));
    expect(await store.leases.find(KEY)).toBeNull();
  });

  test('is joined by ten at once, and left by ten at once, without losing one', async () => {
    const all = Array.from({ length: 10 }, (_, n) => `act-${n}`);
    await Promise.all(all.map((one) => store.leases.acquire(KEY, one, NOW)));
    expect((await store.leases.find(KEY))?.holders.sort()).toEqual(all);
    const left = await Promise.all(all.map((one) => store.leases.release(KEY, one, by(one))));
    expect(left.filter((one) => one !== null)).toHaveLength(1);
  });
});
