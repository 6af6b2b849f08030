// Related alerts at once: each gets an outcome (P9), in linear time.
import { expect, test } from 'vitest';
import type { Analyst } from '../../functions/analyse/brief.ts';
import { citing } from '../fixtures/citing.ts';
import { createBurstAccount } from './burst-account.ts';
import { sample } from './world.ts';

/** `RELATED_ALERTS=10000` takes several minutes and prints the time of each wave. */
const ALERTS = Number(process.env.RELATED_ALERTS ?? 1000);
/** All of one wave arrive at the same moment. */
const WAVE = Number(process.env.RELATED_WAVE ?? 1000);
const HOUR_MS = 3_600_000;
const MAX_ALERTS = 100;

/** One action per alert, because each question to a person reads all requests of its incident. */
const WATCHES: Analyst = citing({
  origin: 'playbook',
  model: null,
  judge: async () => ({
    verdict: 'malicious',
    summary: 'A probe.',
    recommendations: [
      {
        action: 'add_ip_to_watchlist',
        target: 'ip-1',
        parameters: { durationMinutes: null },
        confidence: 100,
        reasoning: 'A probe.',
      },
    ],
  }),
});

/** Probes by one attacker against one host. */
function probe(n: number): string {
  const event = sample('web-port-probe') as { detail: Record<string, unknown> };
  event.detail.id = `related-${n}`;
  return JSON.stringify(event);
}

test(`${ALERTS} related alerts end with an outcome each, ${WAVE} at the same moment`, {
  timeout: 60_000 + 400 * ALERTS,
}, async () => {
  const { store, arrive, pass, waiting } = await createBurstAccount(
    process.env.RELATED_PLAYBOOK ? undefined : WATCHES,
  );
  for (let from = 0; from < ALERTS; from += WAVE) {
    const before = process.cpuUsage();
    const count = Math.min(WAVE, ALERTS - from);
    await arrive(Array.from({ length: count }, (_, i) => probe(from + i)));
    await pass(HOUR_MS);
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6;
    console.log(`alerts ${from + 1} to ${from + count}: ${seconds.toFixed(1)} s of CPU time`);
  }
  expect(waiting()).toBe(0);

  const incidents = await store.records.recentIncidents(ALERTS);
  const alerts = incidents.flatMap((incident) => incident.alerts);
  console.log(
    `${ALERTS} related alerts: ${incidents.length} incidents, ${alerts.filter(({ outcome }) => outcome === null).length} alerts without an outcome`,
  );
  expect(new Set(alerts.map(({ alertId }) => alertId)).size).toBe(ALERTS);
  expect(alerts).toHaveLength(ALERTS);
  expect(alerts.filter(({ outcome }) => outcome === null)).toEqual([]);
  expect(incidents.filter(({ status }) => status !== 'closed')).toEqual([]);
  expect(Math.max(...incidents.map((one) => one.alerts.length))).toBeLessThanOrEqual(MAX_ALERTS);
});
