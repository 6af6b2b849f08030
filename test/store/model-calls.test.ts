// The budget of model calls of an incident, and the pause after failures.
import { beforeEach, expect, test } from 'vitest';
import type { SeverityLabel } from '../../functions/domain/alert.ts';
import type { Store } from '../../functions/store/store.ts';
import { INCIDENT_ID, NOW } from '../fixtures/case.ts';
import { startStores } from './stores.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});

const budget = { perIncidentPerHour: 2, perHour: 100, perDay: 100, percentForSevere: 40 };
const pause = { afterFailures: 3, minutes: 5 };
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const reserve = (minutes: number, incidentId = INCIDENT_ID, change: Change = {}) => {
  const { severity = 'critical', worst = severity, ...limits } = change;
  const wanted = { incidentId, severity, worst };
  return store.modelCalls.reserve(wanted, { ...budget, ...limits }, at(minutes));
};
type Change = Partial<typeof budget> & { severity?: SeverityLabel; worst?: SeverityLabel };
const low = { severity: 'low' } as const;

test('P12: allows as many model calls about an incident per hour as policy sets, also at the same moment', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => reserve(0)));
  expect(answers.filter((one) => one === null)).toHaveLength(2);
  expect(await reserve(59)).toBe(
    'it was asked 2 times about this incident in the last hour, which is the limit',
  );
  expect(await reserve(59, 'inc-another')).toBeNull();
  expect(await reserve(60)).toBeNull();
});

test('pauses after failures in a row, for every incident, and says until when', async () => {
  const note = (hasFailed: boolean) => store.modelCalls.note(hasFailed, pause, at(0));
  for (const hasFailed of [true, true, false, true, true]) await note(hasFailed);
  expect(await reserve(0)).toBeNull();
  await note(true);
  expect(await reserve(4, 'inc-another')).toBe(
    'it failed 3 times in a row and is not asked until 03:05 UTC',
  );
  expect(await reserve(5, 'inc-another'), 'after the pause').toBeNull();
});

test.each([
  [
    'hour',
    { perHour: 10 },
    59,
    60,
    'it was asked 6 times in this hour, which is the limit for alerts below high',
  ],
  [
    'day',
    { perDay: 10 },
    20 * 60,
    21 * 60,
    'it was asked 6 times today, which is the limit for alerts below high',
  ],
] as const)(
  'P12: allows as many model calls per %s as policy sets, and keeps a part for severe alerts',
  async (_, limit, last, next, why) => {
    const some = (count: number, change: Change = {}) =>
      Promise.all(
        Array.from({ length: count }, (_each, n) =>
          reserve(0, `inc-${n}${change.severity}`, { ...limit, ...change }),
        ),
      );
    const granted = (answers: (string | null)[]) => answers.filter((one) => one === null).length;
    expect(granted(await some(9, low))).toBe(6);
    expect(await reserve(last, 'inc-other', { ...limit, ...low })).toBe(why);
    expect(granted(await some(9, { severity: 'high' })), 'two are for critical ones').toBe(2);
    expect(granted(await some(9, { severity: 'critical' }))).toBe(2);
    expect(await reserve(last, 'inc-other', limit)).toMatch(/asked 10 times/);
    expect(await reserve(next, 'inc-other', { ...limit, ...low }), 'in the next').toBeNull();
  },
);

test('P12: milder alerts of an incident leave calls about a critical one in the same hour', async () => {
  const five = { perIncidentPerHour: 5 };
  // The incident is critical already, but these alerts aren't.
  const asked = (severity: SeverityLabel) =>
    reserve(0, INCIDENT_ID, { ...five, severity, worst: 'critical' });
  for (let n = 0; n < 3; n++) expect(await asked('low')).toBeNull();
  expect(await asked('low')).toBe(
    'it was asked 3 times about this incident in the last hour, which is the limit for alerts below high',
  );
  expect(await asked('high')).toBeNull();
  expect(await asked('high')).toMatch(/for alerts below critical$/);
  expect(await asked('critical')).toBeNull();
  expect(await asked('critical')).toMatch(/asked 5 times.*which is the limit$/);
  expect(await reserve(0, 'inc-another', { ...low, perIncidentPerHour: 1 })).toBeNull();
  expect(await reserve(0, 'inc-third', { perIncidentPerHour: 0 })).toMatch(/asked 0 times/);
});

test('P12: a refused call uses up neither the budget of its incident nor that of the stack', async () => {
  for (let n = 0; n < 5; n++) await reserve(0, INCIDENT_ID, { perHour: 1 });
  expect(await reserve(1)).toBeNull();
  for (let n = 0; n < 9; n++) await reserve(1);
  expect(await reserve(1, 'inc-another', { perHour: 3 }), 'two calls are counted').toBeNull();
});

test('keeps the counts when failures are counted', async () => {
  await reserve(0);
  await store.modelCalls.note(true, pause, at(0));
  expect(await reserve(0, 'inc-another', { perHour: 1 })).toMatch(/asked 1 times/);
});

test('P12: two functions whose clocks differ around midnight share one budget', async () => {
  const midnight = 21 * 60;
  const answers: (string | null)[] = [];
  for (let n = 0; n < 20; n++)
    answers.push(await reserve(midnight - (n % 2) / 60_000, `inc-${n}`, { perDay: 6 }));
  expect(answers.filter((one) => one === null)).toHaveLength(6);
});
