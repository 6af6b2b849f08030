// Incidents: related alerts, and the outcome.
import * as z from 'zod/mini';
import { HistoryEntry, IncidentId } from './action.ts';
import {
  bySeverity,
  Cause,
  FindingState,
  Generation,
  isMoreSevere,
  SeverityLabel,
} from './alert.ts';
import { Instant } from './reference.ts';

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
  /** What its product said last. */
  state: z._default(FindingState, 'active'),
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

/**
 * The item that opens an incident of layout 2. It is written once. Whether the incident is closed, and with which
 * outcome, follows from its members: no write of one item can contradict another.
 */
export const OpenedIncident = z.strictObject({
  incidentId: IncidentId,
  account: z.string(),
  region: z.string(),
  openedAt: Instant,
  history: z.array(HistoryEntry).check(z.minLength(1)),
  version: z.int().check(z.gte(1)),
});
export type OpenedIncident = z.infer<typeof OpenedIncident>;

/** The most alerts of an incident: what people can read, and what one query returns. */
export const MAX_ALERTS = 100;

/** An alert of an incident of layout 2, with its own history. */
export const Member = z.strictObject({
  ...IncidentAlert.shape,
  incidentId: IncidentId,
  /** Its number in the incident. An alert keeps its seat, so at most MAX_ALERTS join. */
  seat: z.int().check(z.gte(0), z.lt(MAX_ALERTS)),
  /** Keys that later alerts are matched on to join the incident. */
  correlationKeys: z.array(z.string()),
  summary: z.string().check(z.maxLength(4000)),
  closedAt: z.nullable(Instant),
  /** The sweeper restarts its assessment from this time on; null once it has an outcome. */
  attentionAt: z.nullable(Instant),
  history: z.array(HistoryEntry).check(z.minLength(1)),
  version: z.int().check(z.gte(1)),
});
export type Member = z.infer<typeof Member>;

/** From the outcome that most needs a person's attention to the one that least does. */
const PRECEDENCE: readonly Outcome[] = [
  'failed',
  'recommended-not-executed',
  'handed-off',
  'acted',
  'observed',
  'ticketed',
  'no-action',
];

export const mostUrgent = (outcomes: readonly Outcome[]): Outcome =>
  PRECEDENCE.find((outcome) => outcomes.includes(outcome)) ?? 'no-action';

type Rated = Pick<IncidentAlert, 'alertId' | 'severity'>;

/** Whether an earlier alert of the incident, at least as severe, ended at least as urgently. */
export function isOutcomeKnown(
  alerts: readonly Pick<IncidentAlert, 'alertId' | 'severity' | 'outcome'>[],
  alertId: string,
): boolean {
  const at = alerts.findIndex((one) => one.alertId === alertId);
  const alert = alerts[at];
  const rank = (outcome: Outcome) => PRECEDENCE.indexOf(outcome);
  return alerts
    .slice(0, Math.max(0, at))
    .some(
      ({ outcome, severity }) =>
        outcome !== null &&
        alert?.outcome &&
        rank(outcome) <= rank(alert.outcome) &&
        !isMoreSevere(alert.severity, severity),
    );
}

/** The most severe alerts first, and in their order where they are equally severe. The first one names the incident. */
export const worstFirst = <A extends Rated>(alerts: readonly A[]): A[] =>
  alerts.toSorted((a, b) => bySeverity(a.severity, b.severity));
export const worstOf = <A extends Rated>(alerts: readonly A[]): A | undefined =>
  worstFirst(alerts)[0];

/** The incident's severity before and after the alert joined; null if the alert did not raise it. */
export function raiseBy(
  alerts: readonly Rated[],
  alertId: string,
): { from: IncidentAlert['severity']; to: IncidentAlert['severity'] } | null {
  const at = alerts.findIndex((one) => one.alertId === alertId);
  const alert = alerts[at];
  const before = worstOf(alerts.slice(0, Math.max(0, at)));
  return alert && before && isMoreSevere(alert.severity, before.severity)
    ? { from: before.severity, to: alert.severity }
    : null;
}

const MAX_KEYS = 50;

/**
 * The incident of layout 2 from its items. It is closed when every alert has an outcome. `isPartial`: a member can't be
 * read, and may be unfinished.
 */
export function composeIncident(
  { incidentId, account, region, openedAt, history, version }: OpenedIncident,
  members: readonly Member[],
  isPartial: boolean,
): Incident {
  const inOrder = members.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const outcomes = members.map(({ outcome }) => outcome).filter((one) => one !== null);
  const isClosed = !isPartial && outcomes.length === members.length;
  const byClosing = members
    .filter(({ closedAt }) => closedAt !== null)
    .toSorted((a, b) => `${a.closedAt}`.localeCompare(`${b.closedAt}`));
  const last = byClosing.at(-1);
  return {
    incidentId,
    account,
    region,
    status: isClosed ? 'closed' : 'open',
    openedAt,
    closedAt: isClosed ? (last?.closedAt ?? null) : null,
    correlationKeys: [...new Set(inOrder.flatMap((one) => one.correlationKeys))].slice(0, MAX_KEYS),
    alerts: inOrder.map(alertOf),
    outcome: isClosed ? mostUrgent(outcomes) : null,
    summary: last?.summary ?? '',
    attentionAt: members.flatMap(({ attentionAt }) => attentionAt ?? []).sort()[0] ?? null,
    history,
    version,
  };
}

/** Alerts of the same moment: the one that names the incident comes first. */
const placeOf = ({ receivedAt, seat }: Member): string => `${receivedAt} ${100 + seat}`;

const alertOf = (member: Member): IncidentAlert => {
  const { alertId, type, title, severity, receivedAt, repeats, outcome } = member;
  const { causedBy, generation, state } = member;
  return {
    ...{ alertId, type, title, severity, receivedAt, repeats, outcome },
    ...{ causedBy, generation, state },
  };
};
