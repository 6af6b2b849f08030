// Related alerts at once: alerts per second, and alerts without an outcome.
import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import type { Out } from '../../cli/output.ts';
import { RetryableError } from '../../functions/domain/errors.ts';
import { freshEvent } from '../../local/samples.ts';
import { measuredAccount, webProbe } from './account.ts';
import type { Figure } from './figure.ts';

const Ids = z.object({ incidentId: z.string(), alertId: z.string() });

const ALERTS = 1_000;
/** Five concurrent intake functions with ten events each, as in the stack. */
const AT_ONCE = 50;

export async function load(out: Out): Promise<Figure[]> {
  const account = await measuredAccount();
  // Without actions: requests to people would wait for their whole time limit.
  account.functions.gate = async (payload) => ({ ...Ids.parse(payload), actions: [] });
  const from = performance.now();
  for (let sent = 0; sent < ALERTS; sent += AT_ONCE) {
    const bodies = Array.from({ length: AT_ONCE }, () =>
      freshEvent(webProbe(), randomUUID, new Date()),
    );
    await Promise.all(bodies.map((body) => delivered(() => account.accept(body))));
  }
  await account.engine.idle();
  const seconds = (performance.now() - from) / 1000;
  const incidents = await account.store.records.recentIncidents(ALERTS);
  await account.stop();
  const alerts = incidents.flatMap((incident) => incident.alerts);
  const without = alerts.filter(({ outcome }) => outcome === null).length + ALERTS - alerts.length;
  out.line(
    `${ALERTS} related alerts, ${AT_ONCE} at once: ${incidents.length} incidents, ${without} alerts without an outcome, ${seconds.toFixed(0)} s\n`,
  );
  return [
    { measure: 'related alerts without an outcome', value: without, unit: 'count' },
    { measure: 'related alerts', value: ALERTS / seconds, unit: 'alerts/s' },
  ];
}

/** How often the intake queue delivers a body. */
const MAX_DELIVERIES = 5;

async function delivered(accept: () => Promise<unknown>): Promise<void> {
  for (let delivery = 1; ; delivery++)
    try {
      await accept();
      return;
    } catch (error) {
      if (!(error instanceof RetryableError) || delivery === MAX_DELIVERIES) throw error;
    }
}
