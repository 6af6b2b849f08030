// The rate limit under concurrency: P6.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../functions/store/store.ts';
import { startStores } from './dynamo.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});

describe('P6: the rate limit', () => {
  const automaticPerMinute = { perAccount: 5, perAction: 4, perIncident: 3 };
  const limits = { automaticPerMinute, distinctTargetsPerHour: 8 };
  const at = (seconds: number) => new Date(Date.UTC(2026, 10, 24, 3, 0, seconds));
  const wanted = (n: number, change = {}) => ({
    actionId: `act-${n}`,
    incidentId: `inc-${n}`,
    name: `action-${n}`,
    target: { kind: 'ip' as const, value: `203.0.113.${n}` },
    ...change,
  });

  test('grants the configured number in any 60 seconds and no more, however many ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => store.limiter.reserve('1', wanted(n), limits, at(0))),
    );
    expect(answers.filter(({ granted }) => granted).length).toBeLessThanOrEqual(
      automaticPerMinute.perAccount,
    );
    const more: boolean[] = [];
    for (let n = 100; n < 110; n++)
      more.push((await store.limiter.reserve('1', wanted(n), limits, at(59))).granted);
    const total = answers.filter(({ granted }) => granted).length + more.filter(Boolean).length;
    expect(total).toBe(automaticPerMinute.perAccount);
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

  test('counts the different targets of the last hour, each once, and alerts not at all', async () => {
    const every = (n: number, minutes: number, change = {}) =>
      store.limiter.reserve('1', wanted(n, change), limits, at(60 * minutes));
    for (let n = 0; n < 8; n++) expect(await every(n, n)).toEqual({ granted: true });
    expect(await every(8, 9)).toEqual({
      granted: false,
      why: '8 different targets in the last hour; the limit is 8',
    });
    const again = { target: wanted(3).target };
    expect(await every(9, 10, again)).toEqual({ granted: true });
    const aboutAnAlert = { target: { kind: 'alert', value: 'f-1' } };
    expect(await every(10, 11, aboutAnAlert)).toEqual({ granted: true });
    expect(await every(11, 61)).toEqual({ granted: true });
  });
});
