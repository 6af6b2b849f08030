// The budget of model calls of an incident, and the pause after failures.
import { beforeEach, expect, test } from 'vitest';
import type { Store } from '../../functions/store/store.ts';
import { INCIDENT_ID, NOW, POLICY } from '../fixtures/case.ts';
import { startStores } from './dynamo.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});

const bounds = { callsPerIncidentPerHour: 2, failuresBeforePause: 3, pauseMinutes: 5 };
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const reserve = (minutes: number, incidentId = INCIDENT_ID) =>
  store.modelCalls.reserve(incidentId, bounds, at(minutes));

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
  const note = (hasFailed: boolean) => store.modelCalls.note(hasFailed, bounds, at(0));
  for (const hasFailed of [true, true, false, true, true]) await note(hasFailed);
  expect(await reserve(0)).toBeNull();
  await note(true);
  expect(await reserve(4, 'inc-another')).toBe(
    'it failed 3 times in a row and is not asked until 03:05 UTC',
  );
  expect(await reserve(5, 'inc-another'), 'after the pause').toBeNull();
  expect(POLICY.limits.analysis.callsPerIncidentPerHour).toBe(5);
});
