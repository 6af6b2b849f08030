// Requests that were settled at the same time: one message reports them all.
import { type Action, lastIndexOf } from './action.ts';
import { closingOf } from './closed-finding.ts';
import { minutesAfter } from './time.ts';

/** A form answers its requests one after the other, and each expires by itself. */
const TOGETHER_MS = 60_000;
/** The sweeper then reports a request that was settled and didn't end. */
const UNDER_WAY_MINUTES = 15;

/**
 * The other requests of the incident that the same person, deadline or closed finding settled. Each was settled within a
 * minute of the next, so that the result is the same for all of them.
 */
export function settledWith(action: Action, ofTheIncident: readonly Action[], now: Date): Action[] {
  const own = settlingOf(action, now);
  if (!own) return [];
  const similar = ofTheIncident
    .filter(({ actionId }) => actionId !== action.actionId)
    .map((one) => ({ one, settling: settlingOf(one, now) }))
    .filter(({ settling }) => settling?.how === own.how)
    .map(({ one, settling }) => ({ one, at: Date.parse(settling?.at ?? '') }))
    .toSorted((a, b) => a.at - b.at);
  let [from, to] = [Date.parse(own.at), Date.parse(own.at)];
  for (const { at } of similar.toReversed()) if (at <= from && from - at <= TOGETHER_MS) from = at;
  for (const { at } of similar) if (at >= to && at - to <= TOGETHER_MS) to = at;
  return similar.filter(({ at }) => at >= from && at <= to).map(({ one }) => one);
}

/**
 * The requests that were open at the same time as one of these, or as another request in the result. One page may have
 * asked about all of them.
 */
export function openAlong(these: readonly Action[], ofTheIncident: readonly Action[]): Action[] {
  const ids = new Set(these.map(({ actionId }) => actionId));
  const groups: { until: string; actions: Action[] }[] = [];
  const since = ({ approval }: Action): string => approval?.requestedAt ?? '';
  for (const one of ofTheIncident.toSorted((a, b) => (since(a) < since(b) ? -1 : 1))) {
    const last = groups.at(-1);
    const until = openUntil(one);
    if (one.approval && last && since(one) <= last.until) {
      last.actions.push(one);
      if (until > last.until) last.until = until;
    } else if (one.approval) groups.push({ until, actions: [one] });
  }
  return groups
    .filter(({ actions }) => actions.some(({ actionId }) => ids.has(actionId)))
    .flatMap(({ actions }) => actions);
}

const NEVER = '9999';
function openUntil(action: Action): string {
  const { approval, status } = action;
  if (status === 'awaiting-approval') return NEVER;
  return approval?.decision?.at ?? closingOf(action)?.at ?? approval?.expiresAt ?? NEVER;
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
    ? { how: 'expired', at: approval.expiresAt }
    : null;
}

const UNDER_WAY: readonly Action['status'][] = ['awaiting-approval', 'approved', 'executing'];

/** Whether a settled request will soon report itself, and the others with it. */
export function isUnderWay(action: Action, now: Date): boolean {
  const at = settlingOf(action, now)?.at;
  return (
    UNDER_WAY.includes(action.status) &&
    at !== undefined &&
    minutesAfter(at, UNDER_WAY_MINUTES) > now.toISOString()
  );
}

/** Whether people were notified of the state. */
export const isNotified = ({ history, status }: Pick<Action, 'history' | 'status'>): boolean =>
  lastIndexOf(history, 'told') > lastIndexOf(history, status);
