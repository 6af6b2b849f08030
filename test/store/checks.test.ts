// The hourly checks of actions in force.
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { Conflict } from '../../functions/domain/errors.ts';
import { minuteOf } from '../../functions/store/checks.ts';
import { transition } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import { checkEffects } from '../../functions/sweep/drift.ts';
import { toyAction } from '../execute/toy.ts';
import { INCIDENT_ID, NOW } from '../fixtures/case.ts';
import { memoryTable, storeOn } from './memory-table.ts';

const HOUR_MS = 3_600_000;
const { actionId } = toyAction();
const at = (hours: number) => new Date(NOW.getTime() + hours * HOUR_MS);
let store: Store;
let started: string[];
beforeEach(() => {
  store = storeOn(memoryTable());
  started = [];
});
const put = (status: Action['status']) => store.records.createAction(toyAction({ status }));
const change = (status: Action['status']) =>
  store.records.changeAction(INCIDENT_ID, actionId, (current) =>
    transition(current, status, { at: NOW, by: 'test', text: '' }),
  );
const check = (now: Date, startReverse = async (name: string) => void started.push(name)) =>
  checkEffects({ store, startReverse, now: () => now, log: () => {} } as never);

describe('the check of an action', () => {
  test('a check is due in its own minute, within an hour after the action came into force', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 59 }), fc.integer({ min: 1, max: 1e6 }), async (minute, n) => {
        const table = storeOn(memoryTable());
        const began = new Date(NOW.getTime() + minute * 60_000);
        const action = toyAction({ actionId: `act-${String(n).padStart(16, '0')}-1` });
        const [entry] = action.history;
        const history = [{ ...entry!, at: began.toISOString() }];
        await table.checks.begin({ ...action, history });
        const dueAt = async (ms: number) =>
          (await table.checks.due(new Date(began.getTime() + ms), 1)).length;
        expect([await dueAt(0), await dueAt(HOUR_MS)]).toEqual([0, 1]);
        const [first = 0] = await Promise.all(
          Array.from({ length: 61 }, async (_, m) => ((await dueAt(m * 60_000)) ? [m] : [])),
        ).then((found) => found.flat());
        expect(new Date(began.getTime() + first * 60_000).getUTCMinutes()).toBe(minuteOf(action));
      }),
      { numRuns: 20 },
    );
  });

  test.each(['in-force', 'kept'] as const)(
    'a check starts once an hour while the action is %s',
    async (status) => {
      await put(status);
      for (let minute = 0; minute < 180; minute++) await check(at(minute / 60));
      expect(started).toHaveLength(3);
      expect(new Set(started).size).toBe(3);
    },
  );

  test('a check begins when the action comes into force', async () => {
    await put('executing');
    expect(await store.checks.due(at(2), 20)).toEqual([]);
    await change('in-force');
    await check(at(1));
    expect(started).toHaveLength(1);
  });

  test('a check ends when the action was reversed, and begins again when a failed reversal is kept', async () => {
    await put('in-force');
    await change('reversing');
    await check(at(1));
    expect(await store.checks.due(at(48), 20)).toEqual([]);
    await change('reversal-failed');
    await change('kept');
    await check(at(2));
    expect(started).toHaveLength(1);
  });

  test('a check waits for an action whose execution died after the check was written', async () => {
    const action = toyAction({ status: 'executing' });
    await store.records.createAction(action);
    await store.checks.begin(action);
    await check(at(1));
    await change('in-force');
    await check(at(2));
    expect(started).toHaveLength(1);
  });

  test('a sweep does not end a check that it read before the action came into force again', async () => {
    await put('in-force');
    const [stale] = await store.checks.due(at(1), 20);
    await change('reversing');
    await change('reversal-failed');
    await change('kept');
    await expect(store.checks.end(stale!, at(1))).rejects.toThrow(Conflict);
    expect(await store.checks.due(at(1), 20)).toHaveLength(1);
  });

  test('a check that cannot be started is due again an hour later, and does not block the others', async () => {
    for (let n = 1; n <= 25; n++)
      await store.records.createAction(
        toyAction({ actionId: `act-${String(n).padStart(16, '0')}-1`, status: 'in-force' }),
      );
    const failing = async () => Promise.reject(new Error('throttled'));
    await check(at(1), failing);
    await check(at(1));
    expect(started).toHaveLength(5);
  });
});
