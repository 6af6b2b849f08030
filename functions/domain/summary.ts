// The summary of an incident, derived from its records for lists.
import * as z from 'zod/mini';
import { Status } from './action.ts';
import { ActionName } from './action-catalog.ts';
import { EntityKind, SeverityLabel } from './alert.ts';
import { Outcome } from './incident.ts';
import { Instant } from './reference.ts';

/** Someone who was asked, or who decided or ordered something. */
const Person = z.object({ id: z.string(), name: z.string() });

/** An action with the order that people read, for example `block web requests from 203.0.113.7`. */
const named = {
  actionId: z.string(),
  name: z.nullable(ActionName),
  order: z.string(),
};

/** A request that waits for a decision. */
export const SummarisedRequest = z.object({
  ...named,
  requestedAt: Instant,
  expiresAt: Instant,
  /** IDs of the people who were asked so far and have not answered. */
  asked: z.array(z.string()),
  /** The person who took the request over. */
  takenBy: z.nullable(z.string()),
  approvals: z.int(),
  required: z.int(),
});
export type SummarisedRequest = z.infer<typeof SummarisedRequest>;

/** A change that is in force according to the record. */
export const SummarisedEffect = z.object({
  ...named,
  status: Status,
  target: z.nullable(z.string()),
  /** When it is undone; null for an effect that only a person ends. */
  dueAt: z.nullable(Instant),
  by: z.nullable(z.string()),
});
export type SummarisedEffect = z.infer<typeof SummarisedEffect>;

/** The action that shows how the incident ended. */
const Ended = z.object({
  ...named,
  status: Status,
  at: Instant,
  /** The person who decided it, if a person did. */
  by: z.nullable(z.string()),
});

export const Summary = z.object({
  incidentId: z.string(),
  account: z.string(),
  region: z.string(),
  openedAt: Instant,
  /** The last change of any record of the incident. */
  updatedAt: Instant,
  title: z.string(),
  /** The worst severity that any of its alerts ever had. */
  severity: SeverityLabel,
  alerts: z.int(),
  /** True while an alert is assessed. */
  isAssessing: z.boolean(),
  outcome: z.nullable(Outcome),
  /** True while a product reports one of the findings as active. */
  isActive: z.boolean(),
  types: z.array(z.string()),
  entities: z.array(z.object({ kind: EntityKind, value: z.string() })),
  /** Alerts whose entities are in the list. */
  readAlerts: z.array(z.string()),
  /** Everyone who was asked or decided. */
  people: z.array(Person),
  /** The earliest deadline first. */
  requests: z.array(SummarisedRequest),
  /** Failed undos first, then the earliest undo. */
  effects: z.array(SummarisedEffect),
  ended: z.nullable(Ended),
  /** Keys of its records that can't be read. */
  unreadable: z.array(z.string()),
  /** Rises with every change of a record, so that an older summary never replaces a newer one. */
  basis: z.int(),
});
export type Summary = z.infer<typeof Summary>;

/** States of an incident, ordered by how urgently it needs a person. */
export const SUMMARY_STATES = [
  'undo-failed',
  'waiting',
  'in-force',
  'assessing',
  'failed',
  'handed-off',
  'not-done',
  'kept',
  'undone',
  'observed',
  'ticketed',
  'no-action',
] as const;
export type SummaryState = (typeof SUMMARY_STATES)[number];

/** The requests that can still be answered at `now`. */
export const openIn = ({ requests }: Pick<Summary, 'requests'>, now: Date): SummarisedRequest[] =>
  requests.filter(({ expiresAt }) => Date.parse(expiresAt) > now.getTime());

const failedUndos = ({ effects }: Pick<Summary, 'effects'>): SummarisedEffect[] =>
  effects.filter(({ status }) => status === 'reversal-failed');
const temporary = ({ effects }: Pick<Summary, 'effects'>): SummarisedEffect[] =>
  effects.filter(({ status }) => status !== 'reversal-failed' && status !== 'kept');

/** The state that most needs a person. */
export function stateOf(summary: Summary, now: Date): SummaryState {
  if (failedUndos(summary).length > 0) return 'undo-failed';
  if (openIn(summary, now).length > 0) return 'waiting';
  if (temporary(summary).length > 0) return 'in-force';
  if (summary.isAssessing) return 'assessing';
  switch (summary.outcome) {
    case 'failed':
      return 'failed';
    case 'handed-off':
      return 'handed-off';
    case 'recommended-not-executed':
      return 'not-done';
    case 'acted':
      return summary.effects.length > 0 ? 'kept' : 'undone';
    case 'observed':
    case 'ticketed':
    case 'no-action':
      return summary.outcome;
    case null:
      return 'assessing';
  }
}

/** Days for which an incident stays open when a person must handle it outside Countermand. */
export const OPEN_DAYS = 7;
const DAY_MS = 24 * 3_600_000;

/**
 * When the incident closes if nothing else happens: null for never, and its last change if it is closed. No record says
 * when a person has dealt with a hand-off, so the incident counts as open for some days.
 */
export function openUntil(summary: Summary): Date | null {
  const { requests, effects, isAssessing, isActive, outcome, ended, updatedAt } = summary;
  if (isAssessing || requests.length > 0) return null;
  if (effects.some(({ status }) => status !== 'kept')) return null;
  const isLeft =
    outcome === 'failed' ||
    outcome === 'handed-off' ||
    (outcome === 'recommended-not-executed' && ended?.status === 'expired');
  return new Date(Date.parse(updatedAt) + (isLeft && isActive ? OPEN_DAYS * DAY_MS : 0));
}

export function isOpen(summary: Summary, now: Date): boolean {
  const until = openUntil(summary);
  return until === null || until > now;
}
