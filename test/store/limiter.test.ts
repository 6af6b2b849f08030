// The rate limit of automatic actions, also under concurrency (P6).
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Conflict } from '../../functions/domain/errors.ts';
import { CLOCK_SKEW_MS, createLimiter } from '../../functions/store/limiter.ts';
import type { Store } from '../../functions/store/store.ts';
import { memoryTable } from './memory-table.ts';
import { startStores } from './stores.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});

describe('the rate limit', () => {
  const automaticPerMinute = { perAccount: 5, perAction: 4, perIncident: 3 };
  const slotsReservedForSevere = { perAccount: 0, perAction: 0, perIncident: 0, targetsPerHour: 0 };
  const limits = { automaticPerMinute, distinctTargetsPerHour: 8, slotsReservedForSevere };
  const at = (seconds: number) => () => new Date(Date.UTC(2026, 10, 24, 3, 0, seconds));
  const wanted = (n: number, change = {}) => ({
    actionId: `act-${n}`,
    incidentId: `inc-${n}`,
    name: `action-${n}`,
    target: { kind: 'ip' as const, value: `203.0.113.${n}` },
    isSevere: false,
    ...change,
  });

  test('P6: grants exactly the configured number of slots in any 60 seconds to concurrent requests', async () => {
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

  test('P6: grants no slot when the latest actions cannot be read', async () => {
    await store.table.put({ pk: 'LIMITER#1', sk: 'LIMITER', entries: 'none', version: 1 });
    expect(await store.limiter.reserve('1', wanted(1), limits, at(0))).toEqual({
      granted: false,
      why: "the record of recent automatic actions can't be read",
      contended: false,
    });
  });

  test('P6: frees a slot after a minute plus the allowed difference of clocks', async () => {
    for (let n = 0; n < 5; n++) await store.limiter.reserve('1', wanted(n), limits, at(50));
    expect((await store.limiter.reserve('1', wanted(6), limits, at(65))).granted).toBe(false);
    expect((await store.limiter.reserve('1', wanted(6), limits, at(124))).granted).toBe(false);
    expect((await store.limiter.reserve('1', wanted(6), limits, at(125))).granted).toBe(true);
  });

  test('P6: limits the actions of one incident, and names the limit', async () => {
    for (let n = 0; n < 3; n++)
      await store.limiter.reserve('1', wanted(n, { incidentId: 'inc-x' }), limits, at(0));
    const refused = await store.limiter.reserve(
      '1',
      wanted(9, { incidentId: 'inc-x' }),
      limits,
      at(1),
    );
    expect(refused).toMatchObject({
      granted: false,
      why: '3 automatic actions in the last minute for this incident; the limit is 3',
    });
  });

  const limitsFor = (perAccount: number) => ({
    automaticPerMinute: { perAccount, perAction: 10, perIncident: 10 },
    distinctTargetsPerHour: 10,
    slotsReservedForSevere,
  });

  test('P6: gives an action one slot, even when it asks again', async () => {
    for (let n = 0; n < 10; n++)
      expect(await store.limiter.reserve('1', wanted(1), limitsFor(2), at(0))).toEqual({
        granted: true,
      });
    expect((await store.limiter.reserve('1', wanted(2), limitsFor(2), at(0))).granted).toBe(true);
    expect((await store.limiter.reserve('1', wanted(3), limitsFor(2), at(0))).granted).toBe(false);
  });

  test('P6: counts the slot of an action from its latest request', async () => {
    await store.limiter.reserve('1', wanted(1), limitsFor(1), at(0));
    await store.limiter.reserve('1', wanted(1), limitsFor(1), at(65));
    expect((await store.limiter.reserve('1', wanted(2), limitsFor(1), at(75))).granted).toBe(false);
  });

  test('P6: refuses an action that lost its slot to others while it waited', async () => {
    await store.limiter.reserve('1', wanted(1), limitsFor(1), at(0));
    await store.limiter.reserve('1', wanted(2), limitsFor(1), at(90));
    expect(await store.limiter.reserve('1', wanted(1), limitsFor(1), at(91))).toMatchObject({
      granted: false,
      why: '1 automatic actions in the last minute in this account; the limit is 1',
    });
  });

  test('P6: refuses an action when other writers are always faster', async () => {
    const put = () => Promise.reject(new Conflict('another writer was faster'));
    const limiter = createLimiter({ ...memoryTable(), put });
    expect(await limiter.reserve('1', wanted(1), limits, at(0))).toEqual({
      granted: false,
      why: 'too many automatic actions are being decided at once',
      contended: true,
    });
  });

  test('P6: refuses every automatic action while two clocks differ by more than the allowed difference', async () => {
    const fast = at(60);
    await store.limiter.reserve('1', wanted(1), limits, fast);
    expect(await store.limiter.reserve('1', wanted(2), limits, at(0))).toMatchObject({
      granted: false,
      why: expect.stringContaining('clocks disagree'),
    });
    expect((await store.limiter.reserve('1', wanted(2), limits, at(55))).granted).toBe(true);
  });

  test('P6: never exceeds the limit in a minute, for any allowed difference of clocks and any order of writes', async () => {
    const skew = fc.integer({ min: -CLOCK_SKEW_MS, max: CLOCK_SKEW_MS });
    const asking = fc.record({
      afterMs: fc.integer({ min: 0, max: 40_000 }),
      skew,
      again: fc.boolean(),
    });
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.array(asking, { minLength: 4, maxLength: 24 }),
      fc.integer({ min: 1, max: 3 }),
      async (scheduler, plan, perAccount) => {
        const table = memoryTable();
        let trueTime = at(0)().getTime();
        const taken: { actionId: string; at: number }[] = [];
        const limiter = createLimiter({
          ...table,
          get: (key) => scheduler.schedule(Promise.resolve()).then(() => table.get(key)),
          put: async (item, condition) => {
            await scheduler.schedule(Promise.resolve());
            return table.put(item, condition);
          },
        });
        const ask = async (n: number, offset: number, passing: number) => {
          const { granted } = await limiter.reserve(
            '1',
            wanted(n),
            { ...limitsFor(perAccount), distinctTargetsPerHour: 1000 },
            () => new Date(trueTime + offset),
          );
          if (granted) taken.push({ actionId: `act-${n}`, at: trueTime });
          // Time passes between the groups of concurrent requests.
          trueTime += passing;
        };
        for (let i = 0; i < plan.length; i += 3)
          await scheduler.waitFor(
            Promise.all(
              plan
                .slice(i, i + 3)
                .map(({ afterMs, skew: offset, again }, k) =>
                  ask(again ? i : i + k, offset, afterMs),
                ),
            ),
          );
        for (const { at: from } of taken) {
          const inMinute = taken.filter(({ at: when }) => when >= from && when < from + 60_000);
          expect(new Set(inMinute.map(({ actionId }) => actionId)).size).toBeLessThanOrEqual(
            perAccount,
          );
        }
      },
    );
    await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 500) });
  }, 300_000);

  test('P6: limits the different targets of the last hour', async () => {
    const every = (n: number, minutes: number, change = {}) =>
      store.limiter.reserve('1', wanted(n, change), limits, at(60 * minutes));
    for (let n = 0; n < 8; n++) expect(await every(n, n)).toEqual({ granted: true });
    expect(await every(8, 9)).toMatchObject({
      granted: false,
      why: '8 different targets in the last hour; the limit is 8',
    });
    const again = { target: wanted(3).target };
    expect(await every(9, 10, again)).toEqual({ granted: true });
    expect(await every(11, 61)).toEqual({ granted: true });
  });

  test('P12: grants a severe action every reserved slot, after any number of other actions', async () => {
    const count = fc.integer({ min: 1, max: 10 });
    const counts = fc.record({ perAccount: count, perAction: count, perIncident: count });
    const reserves = fc.record({
      perAccount: count,
      perAction: count,
      perIncident: count,
      targetsPerHour: count,
    });
    const property = fc.asyncProperty(
      counts,
      count,
      reserves,
      fc.constantFrom('incidentId', 'name', 'neither'),
      async (perMinute, targets, reserved, shared) => {
        const bounds = {
          automaticPerMinute: perMinute,
          distinctTargetsPerHour: targets,
          slotsReservedForSevere: reserved,
        };
        const limiter = createLimiter(memoryTable());
        const granted = async (from: number, isSevere: boolean) => {
          let total = 0;
          for (let n = from; n < from + 1000 && n - from < (isSevere ? 20 : 1000); n++) {
            const change = { isSevere, ...(shared !== 'neither' && { [shared]: 'same' }) };
            if ((await limiter.reserve('1', wanted(n, change), bounds, at(0))).granted) total++;
          }
          return total;
        };
        // Each action has a target of its own. Only the counts that the actions share limit them.
        const met = [
          [perMinute.perAccount, reserved.perAccount],
          [targets, reserved.targetsPerHour],
          ...(shared === 'name' ? [[perMinute.perAction, reserved.perAction]] : []),
          ...(shared === 'incidentId' ? [[perMinute.perIncident, reserved.perIncident]] : []),
        ] as [limit: number, reserve: number][];
        // One incident has at most half of the reserved slots and targets of the account.
        const share = (limit: number, kept: number) =>
          shared === 'incidentId' ? Math.max(1, limit - kept, Math.ceil(kept / 2)) : limit;
        const most = Math.min(
          share(perMinute.perAccount, reserved.perAccount),
          share(targets, reserved.targetsPerHour),
          ...met.map(([limit]) => limit),
        );
        const mild = await granted(0, false);
        expect(mild).toBe(Math.min(...met.map(([limit, kept]) => Math.max(1, limit - kept))));
        expect(await granted(1000, true)).toBe(most - mild);
      },
    );
    await fc.assert(property, { numRuns: 30 });
  }, 60_000);

  test('P12: leaves reserved slots to a second severe incident', async () => {
    const bounds = {
      automaticPerMinute: { perAccount: 10, perAction: 10, perIncident: 4 },
      distinctTargetsPerHour: 60,
      slotsReservedForSevere: { ...slotsReservedForSevere, perAccount: 4 },
    };
    const granted = async (from: number, incidentId?: string) => {
      const change = { ...(incidentId && { incidentId, isSevere: true }) };
      let total = 0;
      for (let n = from; n < from + 10; n++)
        if ((await store.limiter.reserve('1', wanted(n, change), bounds, at(0))).granted) total++;
      return total;
    };
    expect(await granted(0)).toBe(6);
    expect(await granted(10, 'inc-a')).toBe(2);
    expect(await granted(20, 'inc-b')).toBe(2);
    expect(await granted(30, 'inc-c')).toBe(0);
  });

  test('P12: leaves reserved targets of the hour to a second severe incident', async () => {
    const bounds = {
      automaticPerMinute: { perAccount: 10, perAction: 10, perIncident: 10 },
      distinctTargetsPerHour: 10,
      slotsReservedForSevere: { ...slotsReservedForSevere, targetsPerHour: 4 },
    };
    let minute = 0;
    const reserve = (n: number, incidentId: string, target = n) =>
      store.limiter.reserve(
        '1',
        wanted(n, { incidentId, isSevere: true, target: wanted(target).target }),
        bounds,
        at(60 * minute++),
      );
    const granted = async (from: number, incidentId: string) => {
      let total = 0;
      for (let n = from; n < from + 10; n++) if ((await reserve(n, incidentId)).granted) total++;
      return total;
    };
    expect(await granted(0, 'inc-a')).toBe(6);
    expect(await reserve(9, 'inc-a')).toMatchObject({
      why: '6 different targets in the last hour, 6 of them for this incident; the remaining reserved slots are for other incidents',
    });
    // A target that another incident changed first does not count for this one.
    expect((await reserve(19, 'inc-b', 0)).granted).toBe(true);
    expect(await granted(20, 'inc-b')).toBe(2);
    expect(await granted(30, 'inc-c')).toBe(2);
    expect(await granted(40, 'inc-d')).toBe(0);
  });

  test('P12: names the slots that are reserved', async () => {
    const reserved = { ...slotsReservedForSevere, perAccount: 4 };
    const bounds = { ...limits, slotsReservedForSevere: reserved };
    await store.limiter.reserve('1', wanted(1), bounds, at(0));
    expect(await store.limiter.reserve('1', wanted(2), bounds, at(0))).toMatchObject({
      why: '1 automatic actions in the last minute in this account; the limit is 1 below high severity, and 5 from high on',
    });
  });
});
