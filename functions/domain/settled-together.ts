// Requests that were settled at the same time: one message reports them all.
import { type Action, lastIndexOf } from './action.ts';
import { closingOf } from './closed-finding.ts';
import { minutesAfter } from './time.ts';

/** A form answers its requests one after the other, and each expires by itself. */
const TOGETHER_MINUTES = 1;
/** The report of a request that expired and is not severe waits this long for others. */
export const EXPIRE_TOGETHER_MINUTES = 10;
/** The sweeper then reports a request that was settled and didn't end. */
const UNDER_WAY_MINUTES = 15;

/**
 * The other requests of the incident that the same person, deadline or closed finding settled. Each was settled within
 * a minute of the next, or expired within `expiredWithin` minutes of it, so the result is the same for all of them.
 */
export function settledWith(
  action: Action,
  ofTheIncident: readonly Action[],
  now: Date,
  expiredWithin = TOGETHER_MINUTES,
): Action[] {
  const own = settlingOf(action, now);
  if (!own) return [];
  const others = ofTheIncident.filter(({ actionId }) => actionId !== action.actionId);
  const spans = [action, ...others].flatMap((one): Span[] => {
    const settling = settlingOf(one, now);
    const from = Date.parse(settling?.at ?? '');
    const to = from + (own.how === EXPIRED ? expiredWithin : TOGETHER_MINUTES) * 60_000;
    return settling?.how === own.how ? [{ action: one, from, to }] : [];
  });
  const group = overlapping(spans).find((actions) => actions.includes(action)) ?? [];
  return group.filter((one) => one !== action);
}

/**
 * The requests that were open at the same time as one of these, or as another request in the result. One page may have
 * asked about all of them.
 */
export function openAlong(these: readonly Action[], ofTheIncident: readonly Action[]): Action[] {
  const ids = new Set(these.map(({ actionId }) => actionId));
  const spans = ofTheIncident.flatMap((action): Span[] => {
    const from = Date.parse(action.approval?.requestedAt ?? '');
    return action.approval ? [{ action, from, to: openUntil(action) }] : [];
  });
  return overlapping(spans)
    .filter((actions) => actions.some(({ actionId }) => ids.has(actionId)))
    .flat();
}

/** Times in milliseconds since 1970. */
type Span = { action: Action; from: number; to: number };

/** Groups of actions whose spans overlap, directly or through others. The earliest start comes first. */
function overlapping(spans: readonly Span[]): Action[][] {
  const groups: { to: number; actions: Action[] }[] = [];
  for (const { action, from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = groups.at(-1);
    if (last && from <= last.to) {
      last.actions.push(action);
      last.to = Math.max(last.to, to);
    } else groups.push({ to, actions: [action] });
  }
  return groups.map(({ actions }) => actions);
}

function openUntil(action: Action): number {
  const { approval, status } = action;
  if (status === 'awaiting-approval') return Number.POSITIVE_INFINITY;
  const end = approval?.decision?.at ?? closingOf(action)?.at ?? approval?.expiresAt;
  return end === undefined ? Number.POSITIVE_INFINITY : Date.parse(end);
}

/** Null while the request is open, and for one that was requested again. */
function settlingOf(action: Action, now: Date): { how: string; at: string } | null {
  const { approval, status, askedAnew } = action;
  if (!approval || askedAnew) return null;
  if (approval.decision) return { how: approval.decision.by, at: approval.decision.at };
  const closing = closingOf(action);
  if (closing) return { how: 'closed', at: closing.at };
  const isOver = status === 'expired' || status === 'awaiting-approval';
  return isOver && approval.expiresAt <= now.toISOString()
    ? { how: EXPIRED, at: approval.expiresAt }
    : null;
}

const EXPIRED = 'expired';

/** When a decision, the deadline or a closed finding settled the request. */
export const settledAt = (action: Action, now: Date): string | undefined =>
  settlingOf(action, now)?.at;

const UNDER_WAY: readonly Action['status'][] = ['awaiting-approval', 'approved', 'executing'];

/** Whether a settled request will soon report itself, and the others with it. */
export const isUnderWay = (action: Action, now: Date): boolean =>
  UNDER_WAY.includes(action.status) && isRecent(action, now);

function isRecent(action: Action, now: Date): boolean {
  const at = settlingOf(action, now)?.at;
  return at !== undefined && minutesAfter(at, UNDER_WAY_MINUTES) > now.toISOString();
}

/** The entry of a request that ended and left the report to those that were still under way. */
export const LEFT = 'left';

/** Whether a request has just ended and its step has neither reported it nor left that to others. */
export const isReporting = (action: Action, now: Date): boolean =>
  isRecent(action, now) && !isNotified(action) && !hasLeft(action);

/** Whether the request left its report to others since it ended. */
export const hasLeft = ({ history, status }: Pick<Action, 'history' | 'status'>): boolean =>
  lastIndexOf(history, LEFT) > lastIndexOf(history, status);

/** Whether people were notified of the state. */
export const isNotified = ({ history, status }: Pick<Action, 'history' | 'status'>): boolean =>
  lastIndexOf(history, 'told') > lastIndexOf(history, status);
