// A burst of alerts in memory: rate limits (P6), outcomes (P9) and page limits.
import { expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { informs } from '../../functions/domain/action-catalog.ts';
import type { Accepted } from '../../functions/intake/intake.ts';
import { POLICY } from '../fixtures/case.ts';
import { createBurstAccount } from './burst-account.ts';
import { sample } from './world.ts';

/** `BURST_ALERTS=10000` takes a few minutes. */
const ALERTS = Number(process.env.BURST_ALERTS ?? 500);
/** All alerts arrive within this time, several at once. */
const BURST_MS = 300_000;
const AT_ONCE = 10;
const HOUR_MS = 3_600_000;

/** A probe by one attacker against one host. Every 20th is a repeat; every 10th shares a host. */
function probe(n: number): string {
  const i = n % 20 === 19 ? n - 1 : n;
  const host = i % 10 === 0 ? 0 : i;
  const event = sample('web-port-probe') as { detail: Record<string, unknown> };
  event.detail.id = `burst-${i}`;
  return JSON.stringify(event)
    .replaceAll('203.0.113.66', `45.20.${i >> 8}.${i & 255}`)
    .replaceAll('i-0aa1bb2cc3dd4ee5f', `i-0aa1bb2cc3d${host.toString(16).padStart(6, '0')}`);
}

/** The largest number of these times within one window. */
function mostWithin(milliseconds: number, times: readonly string[]): number {
  const sorted = times.map((at) => Date.parse(at)).sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [last, at] of sorted.entries()) {
    while ((sorted[first] ?? at) <= at - milliseconds) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
const groupedBy = <T>(all: readonly T[], key: (one: T) => string): T[][] => [
  ...Map.groupBy(all, key).values(),
];

test(`${ALERTS} alerts in five minutes stay within the rate and page limits, and each ends with an outcome`, {
  timeout: 120_000 + 200 * ALERTS,
}, async () => {
  const began = performance.now();
  const { store, pages, arrive, pass, waiting } = await createBurstAccount();
  const accepted: Accepted[] = [];
  for (let n = 0; n < ALERTS; n += AT_ONCE) {
    const size = Math.min(AT_ONCE, ALERTS - n);
    accepted.push(...(await arrive(Array.from({ length: size }, (_, k) => probe(n + k)))));
    await pass((BURST_MS * AT_ONCE) / ALERTS);
  }
  await pass(HOUR_MS);
  expect(waiting()).toBe(0);

  const incidents = await store.records.recentIncidents(ALERTS);
  const actions: Action[] = [];
  for (const { incidentId } of incidents)
    actions.push(...(await store.records.actions(incidentId)));
  const automatic = actions.filter(
    ({ disposition, appliedAt, name }) =>
      disposition === 'auto' && appliedAt !== null && !informs(name),
  );
  const tooLate = actions.filter(
    ({ disposition, status }) => disposition === 'auto' && status === 'failed',
  );
  const most = (all: readonly Action[]) =>
    mostWithin(
      60_000,
      all.map(({ appliedAt }) => appliedAt ?? ''),
    );
  const pagesPerPerson = groupedBy(pages, ({ to }) => to).map((all) =>
    mostWithin(
      HOUR_MS,
      all.map(({ at }) => at),
    ),
  );
  console.log(
    `${ALERTS} alerts: ${incidents.length} incidents, ${actions.length} actions, ${automatic.length} automatic, at most ${most(automatic)} in a minute, ${tooLate.length} too late for a slot; at most ${Math.max(...pagesPerPerson)} pages to a person in an hour; ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );

  const { perAccount, perAction, perIncident } = POLICY.limits.automaticPerMinute;
  expect(automatic.length).toBeGreaterThan(perAccount);
  expect(most(automatic)).toBeLessThanOrEqual(perAccount);
  for (const same of groupedBy(automatic, ({ name }) => name ?? ''))
    expect(most(same), same[0]?.name ?? '').toBeLessThanOrEqual(perAction);
  for (const same of groupedBy(automatic, ({ incidentId }) => incidentId))
    expect(most(same), same[0]?.incidentId).toBeLessThanOrEqual(perIncident);
  // Without these, the test would not show that the slot is checked again when it is used.
  expect(tooLate.length).toBeGreaterThan(0);

  const alerts = incidents.flatMap((incident) => incident.alerts);
  const ids = new Set(alerts.map(({ alertId }) => alertId));
  expect(accepted).toHaveLength(ALERTS);
  expect(accepted.filter((one) => !('alertId' in one) || !ids.has(one.alertId))).toEqual([]);
  expect(alerts.filter(({ outcome }) => outcome === null)).toEqual([]);

  expect(pages.length).toBeGreaterThan(0);
  for (const count of pagesPerPerson)
    expect(count).toBeLessThanOrEqual(POLICY.limits.pages.perPersonPerHour);
});
