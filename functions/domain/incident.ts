// Incidents: related alerts, and the outcome.
import * as z from 'zod/mini';
import { HistoryEntry, IncidentId } from './action.ts';
import { Cause, Generation, Instant, SeverityLabel } from './alert.ts';

/** The outcome of an incident. Every accepted alert ends in one of these (promise 9). */
export const Outcome = z.enum([
  'acted', // at least one containment or watch is in force, or was until its due time
  'recommended-not-executed', // a person declined, or the request expired
  'handed-off', // a person got the runbook
  'observed', // shadow mode
  'ticketed', // only a ticket or a notification
  'no-action', // nothing was recommended, or every recommendation was dropped
  'failed', // processing failed; a person was notified
]);
export type Outcome = z.infer<typeof Outcome>;

export const IncidentAlert = z.strictObject({
  alertId: z.string(),
  type: z.string(),
  title: z.string(),
  severity: SeverityLabel,
  receivedAt: Instant,
  /** How many times it was delivered or updated after that. */
  repeats: z.int().check(z.gte(0)),
  /** The outcome of its assessment; null while that runs. */
  outcome: z.nullable(Outcome),
  causedBy: z._default(z.nullable(Cause), null),
  generation: Generation,
});
export type IncidentAlert = z.infer<typeof IncidentAlert>;

export const Incident = z.strictObject({
  incidentId: IncidentId,
  account: z.string(),
  region: z.string(),
  status: z.enum(['open', 'closed']),
  openedAt: Instant,
  closedAt: z.nullable(Instant),
  /** Keys that later alerts are matched on to join the incident. */
  correlationKeys: z.array(z.string()),
  alerts: z.array(IncidentAlert).check(z.minLength(1)),
  /** The most significant outcome among its alerts; null while open. */
  outcome: z.nullable(Outcome),
  summary: z.string().check(z.maxLength(4000)),
  attentionAt: z.nullable(Instant),
  history: z.array(HistoryEntry).check(z.minLength(1)),
  version: z.int().check(z.gte(1)),
});
export type Incident = z.infer<typeof Incident>;
