// The breaker: what it counts, when it trips, and how it is reset.
import { beforeEach, describe, expect, test } from 'vitest';
import { faultsIn } from '../../functions/archive/change.ts';
import type { BreakerEvent } from '../../functions/store/breaker.ts';
import { chainFault } from '../../functions/store/hash-chain.ts';
import { singleKey } from '../../functions/store/layout.ts';
import type { Store } from '../../functions/store/store.ts';
import { POLICY } from '../fixtures/case.ts';
import { resume } from '../fixtures/switch.ts';
import { startStores } from './stores.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});

const bounds = { ...POLICY.limits.breaker, windowMinutes: 60, declines: 3, failedReversals: 1 };
const at = (minutes: number) => new Date(Date.UTC(2026, 10, 24, 3, minutes));
const note = (mishap: BreakerEvent, actionId: string, minutes: number) =>
  store.killSwitch.note('1', { mishap, actionId }, bounds, at(minutes));
const mode = async () => (await store.killSwitch.read('1')).mode;

test('leaves the kill switch at run below the threshold', async () => {
  await note('declines', 'act-1', 0);
  await note('declines', 'act-2', 1);
  expect(await mode()).toBe('run');
});

test('sets the kill switch to ask at the threshold, with the reason', async () => {
  for (const n of [1, 2, 3]) await note('declines', `act-${n}`, n);
  expect(await store.killSwitch.read('1')).toMatchObject({
    mode: 'ask',
    by: 'breaker',
    at: at(3).toISOString(),
    why: '3 proposals were declined within 60 minutes; the threshold is 3',
  });
});

test('trips after one failed reversal when the threshold is one', async () => {
  await note('failedReversals', 'act-1', 0);
  expect(await mode()).toBe('ask');
});

test('counts the same breaker event of an action once', async () => {
  for (const minute of [0, 1, 2, 3]) await note('declines', 'act-1', minute);
  expect(await mode()).toBe('run');
});

test('does not count breaker events before the window', async () => {
  await note('declines', 'act-1', 0);
  await note('declines', 'act-2', 1);
  await note('declines', 'act-3', 61);
  expect(await mode()).toBe('run');
});

test('counts concurrent breaker events', async () => {
  await Promise.all([1, 2, 3].map((n) => note('declines', `act-${n}`, 0)));
  expect(await mode()).toBe('ask');
});

describe('a tripped breaker', () => {
  beforeEach(() => note('failedReversals', 'act-1', 0));

  test('a tripped breaker stays tripped until a person resumes', async () => {
    expect(await mode()).toBe('ask');
  });

  test('the breaker is reset when a person resumes, and counts from then on', async () => {
    await resume(store, '1', at(5));
    expect(await mode()).toBe('run');
    await note('failedReversals', 'act-2', 7);
    expect(await mode()).toBe('ask');
  });

  test('P8: the reset is an entry of the history, so that the archive takes it for no alteration', async () => {
    const key = singleKey('breaker', '1');
    const before = (await store.table.get(key)) ?? null;
    await resume(store, '1', at(5));
    await note('declines', 'act-2', 7);
    const after = (await store.table.get(key)) ?? null;
    expect(faultsIn(key, { before, after })).toEqual([]);
    expect(await store.breaker.find('1')).toMatchObject({
      tripped: null,
      history: [{ event: 'tripped' }, { event: 'reset', at: at(7).toISOString() }],
    });
  });

  test('a setting of the kill switch without a signature does not reset the breaker', async () => {
    const run = { mode: 'run', by: 'person:ana.silva', at: at(5).toISOString(), why: '' };
    await store.table.put({ ...singleKey('switch', '1'), ...run });
    expect(await mode()).toBe('halt');
    await note('declines', 'act-2', 7);
    expect((await store.breaker.find('1'))?.tripped).not.toBeNull();
  });

  test('a resumption whose person did not see the trip does not reset the breaker', async () => {
    await store.killSwitch.halt('1', {
      ...{ mode: 'halt', by: 'person:ana.silva', at: at(1).toISOString(), why: 'stop' },
    });
    const { entries } = await store.killSwitch.read('1');
    const seen = entries.flatMap(({ id, by }) => (by === 'breaker' ? [] : (id ?? [])));
    await resume(store, '1', at(5), { seen });
    expect(await mode()).toBe('ask');
    await note('declines', 'act-2', 7);
    expect((await store.breaker.find('1'))?.tripped).not.toBeNull();
  });

  test('a tripped breaker does not loosen a halt', async () => {
    await store.killSwitch.halt('1', {
      mode: 'halt',
      by: 'person:ana.silva',
      at: new Date(0).toISOString(),
      why: 'everything stops',
    });
    expect(await mode()).toBe('halt');
  });

  test('a tripped breaker needs one notification of people, and keeps a chained history', async () => {
    expect((await store.records.needingAttention(at(1))).tripped).toEqual(['1']);
    const breaker = (await store.breaker.find('1'))!;
    expect(chainFault('breaker', breaker.history)).toBeNull();
    await store.breaker.markNotified('1', breaker);
    expect((await store.records.needingAttention(at(1))).tripped).toEqual([]);
    expect(await mode()).toBe('ask');
  });
});

test('halts everything when the breaker cannot be read', async () => {
  await store.table.put({ pk: 'BREAKER#1', sk: 'BREAKER', counted: 'three' });
  expect(await mode()).toBe('halt');
});
