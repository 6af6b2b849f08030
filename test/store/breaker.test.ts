// The breaker: what it counts, when it trips, and how it is reset.
import { beforeEach, describe, expect, test } from 'vitest';
import { faultsIn } from '../../functions/archive/change.ts';
import type { BreakerEvent } from '../../functions/store/breaker.ts';
import { chainFault } from '../../functions/store/hash-chain.ts';
import { singleKey } from '../../functions/store/layout.ts';
import type { Store } from '../../functions/store/store.ts';
import { POLICY } from '../fixtures/case.ts';
import { startStores } from './dynamo.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});

const bounds = { ...POLICY.limits.breaker, windowMinutes: 60, declines: 3, failedReversals: 1 };
const at = (minutes: number) => new Date(Date.UTC(2026, 10, 24, 3, minutes));
const note = (mishap: BreakerEvent, actionId: string, minutes: number) =>
  store.killSwitch.note('1', { mishap, actionId }, bounds, at(minutes));
const mode = async (minutes: number) => (await store.killSwitch.read('1', at(minutes))).mode;
const moveSwitch = (minutes: number, to: 'run' | 'halt' = 'run') =>
  store.killSwitch.set('1', {
    mode: to,
    by: 'person:ana.silva',
    at: at(minutes).toISOString(),
    why: 'looked into it',
  });

test('leaves the kill switch at run below the threshold', async () => {
  await note('declines', 'act-1', 0);
  await note('declines', 'act-2', 1);
  expect(await mode(2)).toBe('run');
});

test('sets the kill switch to ask at the threshold, with the reason', async () => {
  for (const n of [1, 2, 3]) await note('declines', `act-${n}`, n);
  expect(await store.killSwitch.read('1', at(4))).toEqual({
    mode: 'ask',
    by: 'breaker',
    at: at(3).toISOString(),
    why: '3 proposals were declined within 60 minutes; the threshold is 3',
  });
});

test('trips after one failed reversal when the threshold is one', async () => {
  await note('failedReversals', 'act-1', 0);
  expect(await mode(0)).toBe('ask');
});

test('counts the same breaker event of an action once', async () => {
  for (const minute of [0, 1, 2, 3]) await note('declines', 'act-1', minute);
  expect(await mode(4)).toBe('run');
});

test('does not count breaker events before the window', async () => {
  await note('declines', 'act-1', 0);
  await note('declines', 'act-2', 1);
  await note('declines', 'act-3', 61);
  expect(await mode(61)).toBe('run');
});

test('counts concurrent breaker events', async () => {
  await Promise.all([1, 2, 3].map((n) => note('declines', `act-${n}`, 0)));
  expect(await mode(0)).toBe('ask');
});

describe('a tripped breaker', () => {
  beforeEach(() => note('failedReversals', 'act-1', 0));

  test('a tripped breaker stays tripped for a week without further breaker events', async () => {
    expect(await mode(60 * 24 * 7)).toBe('ask');
  });

  test('the breaker is reset when a person sets the kill switch, and counts from then on', async () => {
    await moveSwitch(5);
    expect(await mode(6)).toBe('run');
    await note('failedReversals', 'act-2', 7);
    expect(await mode(7)).toBe('ask');
  });

  test('P8: the reset is an entry of the history, so that the archive takes it for no alteration', async () => {
    const key = singleKey('breaker', '1');
    const before = (await store.table.get(key)) ?? null;
    await moveSwitch(5);
    await note('declines', 'act-2', 7);
    const after = (await store.table.get(key)) ?? null;
    expect(faultsIn(key, { before, after })).toEqual([]);
    expect(await store.breaker.find('1')).toMatchObject({
      tripped: null,
      history: [{ event: 'tripped' }, { event: 'reset', at: at(7).toISOString() }],
    });
  });

  test('a kill switch time in the future does not reset the breaker', async () => {
    await moveSwitch(50);
    expect(await mode(6)).toBe('ask');
  });

  test('a tripped breaker does not loosen a halt', async () => {
    await store.killSwitch.set('1', {
      mode: 'halt',
      by: 'person:ana.silva',
      at: new Date(0).toISOString(),
      why: 'everything stops',
    });
    expect(await mode(1)).toBe('halt');
  });

  test('a tripped breaker needs one notification of people, and keeps a chained history', async () => {
    expect((await store.records.needingAttention(at(1))).tripped).toEqual(['1']);
    const breaker = (await store.breaker.find('1'))!;
    expect(chainFault('breaker', breaker.history)).toBeNull();
    await store.breaker.markNotified('1', breaker);
    expect((await store.records.needingAttention(at(1))).tripped).toEqual([]);
    expect(await mode(1)).toBe('ask');
  });
});

test('halts everything when the breaker cannot be read', async () => {
  await store.table.put({ pk: 'BREAKER#1', sk: 'BREAKER', counted: 'three' });
  expect(await mode(0)).toBe('halt');
});
