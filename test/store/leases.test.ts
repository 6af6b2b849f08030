// Leases on shared effects, also under concurrency (P4).
import { beforeEach, describe, expect, test } from 'vitest';
import { Conflict, IllegalTransition, UndoFailed } from '../../functions/domain/errors.ts';
import type { Holder, Lease } from '../../functions/store/lease.ts';
import type { Store } from '../../functions/store/store.ts';
import { NOW } from '../fixtures/case.ts';
import { startStores } from './stores.ts';

/** Every holder counts as proven. */
const ALL = async (holders: readonly Holder[]) => holders.map(({ actionId }) => actionId);
const A = { actionId: 'a', incidentId: 'inc' };

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});

const KEY = 'waf:block:203.0.113.7/32';
const by = (name: string, now = NOW) => ({ by: name, now });
const record = (actionId: string, before: unknown, seen: Lease) =>
  store.leases.recordBefore(KEY, actionId, { before, capture: null }, seen);
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

describe('a lease', () => {
  test('keeps a lease until its last holder has released it', async () => {
    await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.acquire(KEY, 'b', NOW);
    expect(await store.leases.release(KEY, 'a', by('a'), ALL), 'others hold it').toBeNull();
    expect(await store.leases.release(KEY, 'b', by('b'), ALL)).toMatchObject({ releasing: 'b' });
    await store.leases.drop(KEY, by('b'));
    expect(await store.leases.find(KEY)).toBeNull();
  });

  test('admits no holder while the last one undoes the effect', async () => {
    await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.release(KEY, 'a', by('a'), ALL);
    await expect(store.leases.acquire(KEY, 'b', NOW)).rejects.toThrow(Conflict);
  });

  test('keeps the last state that a holder captured before the first apply began', async () => {
    const first = await store.leases.acquire(KEY, 'a', NOW);
    const second = await store.leases.acquire(KEY, 'b', NOW);
    expect(first).toMatchObject({ captured: false, begun: false });
    await record('a', { present: false }, first);
    await record('b', { present: true }, second);
    expect(await store.leases.find(KEY)).toMatchObject({ before: { present: true }, begun: false });
  });

  test('rejects the capture of a holder that read the lease before an apply began', async () => {
    const first = await store.leases.acquire(KEY, 'a', NOW);
    await record('a', { present: false }, first);
    const second = await store.leases.acquire(KEY, 'b', NOW);
    await store.leases.beginApply(KEY, 'a', { before: { present: false }, now: NOW });
    expect(await record('b', { present: true }, second)).toBeNull();
    expect(await store.leases.find(KEY)).toMatchObject({ before: { present: false }, begun: true });
  });

  test('rejects an apply with another before-state, without a hold, and during a reversal', async () => {
    const lease = await store.leases.acquire(KEY, 'a', NOW);
    await record('a', { present: false }, lease);
    const begin = (actionId: string, before: unknown = { present: false }) =>
      store.leases.beginApply(KEY, actionId, { before, now: NOW });
    await expect(begin('a', { present: true })).rejects.toThrow(Conflict);
    await expect(begin('b')).rejects.toThrow(IllegalTransition);
    await store.leases.release(KEY, 'a', by('a'), ALL);
    await expect(begin('a')).rejects.toThrow(IllegalTransition);
  });

  test('removes an apply that ended, and keeps one that ended after a reversal began', async () => {
    const lease = await store.leases.acquire(KEY, 'a', NOW);
    await record('a', { present: false }, lease);
    const begin = () => store.leases.beginApply(KEY, 'a', { before: { present: false }, now: NOW });
    await store.leases.endApply(KEY, 'a', await begin());
    expect((await store.leases.find(KEY))?.applies).toEqual([]);
    const late = await begin();
    expect(await store.leases.release(KEY, 'a', by('a'), ALL)).toMatchObject({
      applies: [{ by: 'a', until: later(3).toISOString() }],
    });
    await store.leases.endApply(KEY, 'a', late);
    expect((await store.leases.find(KEY))?.applies).toHaveLength(1);
  });

  test('allows each call to be repeated', async () => {
    await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.acquire(KEY, 'a', NOW);
    expect((await store.leases.find(KEY))?.holders).toEqual(['a']);
    expect(await store.leases.release(KEY, 'a', by('a'), ALL)).toMatchObject({ releasing: 'a' });
    expect(await store.leases.release(KEY, 'a', by('a'), ALL)).toMatchObject({ releasing: 'a' });
    await store.leases.drop(KEY, by('a'));
    await store.leases.drop(KEY, by('a'));
    expect(await store.leases.find(KEY)).toBeNull();
  });

  test('allows a clean-up after the lease has ended, and does not affect the next holder', async () => {
    expect(await store.leases.release(KEY, 'a', by('a'), ALL)).toMatchObject({ captured: false });
    await expect(store.leases.acquire(KEY, 'b', NOW), 'during the clean-up').rejects.toThrow(
      Conflict,
    );
    await store.leases.drop(KEY, by('a'));
    expect(await store.leases.find(KEY)).toBeNull();
    await store.leases.acquire(KEY, 'b', NOW);
    expect(await store.leases.release(KEY, 'a', by('a'), ALL), 'b holds it').toBeNull();
    await store.leases.drop(KEY, by('a'));
    expect((await store.leases.find(KEY))?.holders).toEqual(['b']);
  });

  test('lets one reversal undo the effect at a time, and lets another one take over once the first must be dead', async () => {
    await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.release(KEY, 'a', by('first'), ALL);
    await expect(store.leases.release(KEY, 'a', by('second', later(2)), ALL)).rejects.toThrow(
      Conflict,
    );
    expect(
      await store.leases.release(KEY, 'a', by('first', later(2)), ALL),
      'its own retry',
    ).not.toBeNull();
    expect(await store.leases.release(KEY, 'a', by('second', later(5)), ALL)).not.toBeNull();
    await store.leases.drop(KEY, by('first'));
    expect(await store.leases.find(KEY), 'not dropped by the reversal that lost it').not.toBeNull();
    await store.leases.drop(KEY, by('second'));
    expect(await store.leases.find(KEY)).toBeNull();
  });

  test('lets another reversal retry at once after a failed one, and tells new holders that it failed', async () => {
    await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.release(KEY, 'a', by('first'), ALL);
    await store.leases.pause(KEY, by('first'), { isStuck: true });
    await expect(store.leases.acquire(KEY, 'b', NOW)).rejects.toThrow(UndoFailed);
    expect(await store.leases.release(KEY, 'a', by('second'), ALL)).not.toBeNull();
    await expect(store.leases.acquire(KEY, 'b', NOW), 'may succeed').rejects.toThrow(Conflict);
  });

  test('accepts new holders when an effect whose undo failed is kept', async () => {
    await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.release(KEY, 'a', by('first'), ALL);
    await store.leases.pause(KEY, by('first'), { isStuck: true });
    await store.leases.hold(KEY, A, { present: false });
    expect((await store.leases.acquire(KEY, 'b', NOW)).holders).toEqual(['a', 'b']);
  });

  test('admits a holder after a clean-up of a lease without holders has died', async () => {
    await store.leases.release(KEY, 'a', by('dies'), ALL);
    await expect(store.leases.acquire(KEY, 'b', later(2))).rejects.toThrow(Conflict);
    expect((await store.leases.acquire(KEY, 'b', later(4))).holders).toEqual(['b']);
  });

  test('gives the captured state of a lease without holders to its next holder', async () => {
    await record('a', { present: false }, await store.leases.acquire(KEY, 'a', NOW));
    await store.leases.release(KEY, 'a', by('a'), ALL);
    await store.leases.detach(KEY, by('a'));
    await store.leases.detach(KEY, by('a'));
    expect(await store.leases.find(KEY)).toMatchObject({ holders: [], releasing: null });
    expect(await store.leases.acquire(KEY, 'b', NOW)).toMatchObject({
      holders: ['b'],
      captured: true,
      before: { present: false },
    });
  });

  test('drops a lease without holders when its last holder releases it again', async () => {
    await store.leases.acquire(KEY, 'a', NOW);
    await store.leases.release(KEY, 'a', by('a'), ALL);
    await store.leases.detach(KEY, by('a'));
    await store.leases.release(KEY, 'a', by('a'), ALL);
    await store.leases.drop(KEY, by('a'));
    expect(await store.leases.find(KEY)).toBeNull();
  });

  test('keeps ten holders that join at once, and lets one of them undo the effect when all leave at once', async () => {
    const all = Array.from({ length: 10 }, (_, n) => `act-${n}`);
    await Promise.all(all.map((one) => store.leases.acquire(KEY, one, NOW)));
    expect((await store.leases.find(KEY))?.holders.sort()).toEqual(all);
    const left = await Promise.all(all.map((one) => store.leases.release(KEY, one, by(one), ALL)));
    expect(left.filter((one) => one !== null)).toHaveLength(1);
  });
});
