// Alerts that belong together, and how it ended.
import * as z from 'zod';
import { HistoryEntry, IncidentId } from './action.ts';
import { Cause, Generation, Instant, SeverityLabel } from './alert.ts';

/** How an incident ended. Every accepted alert ends in one of these (promise 9). */
export const Outcome = z.enum([
  'acted', // at least one containment or watch is in force, or was until it was due
  'recommended-not-executed', // a person declined, or nobody answered in time
  'handed-off', // a person has the runbook
  'observed', // shadow mode
  'ticketed', // only a ticket or a notification
  'no-action', // nothing was recommended, or all of it was dropped
  'failed', // something broke on the way; a person was told
]);
export type Outcome = z.infer<typeof Outcome>;

export const IncidentAlert = z.strictObject({
  alertId: z.string(),
  type: z.string(),
  title: z.string(),
  severity: SeverityLabel,
  receivedAt: Instant,
  /** How often it was delivered or updated since. */
  repeats: z.int().min(0),
  /** When its assessment ended, with the outcome; null while it runs. */
  outcome: Outcome.nullable(),
  causedBy: Cause.nullable().default(null),
  generation: Generation,
});
export type IncidentAlert = z.infer<typeof IncidentAlert>;

export const Incident = z.strictObject({
  incidentId: IncidentId,
  account: z.string(),
  region: z.string(),
  status: z.enum(['open', 'closed']),
  openedAt: Instant,
  closedAt: Instant.nullable(),
  /** Keys by which further alerts join it. */
  correlationKeys: z.array(z.string()),
  alerts: z.array(IncidentAlert).min(1),
  /** The most decisive of its alerts' outcomes; null while open. */
  outcome: Outcome.nullable(),
  summary: z.string().max(4000),
  attentionAt: Instant.nullable(),
  history: z.array(HistoryEntry).min(1),
  version: z.int().min(1),
});
export type Incident = z.infer<typeof Incident>;
