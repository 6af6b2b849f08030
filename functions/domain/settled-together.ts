// Requests that were settled at the same time: one message reports them all.
import type { Action } from './action.ts';
import { closingOf } from './closed-finding.ts';
import { minutesAfter } from './time.ts';

/** A form answers its requests one after the other, and each expires by itself. */
const TOGETHER_MS = 60_000;
/** The sweeper then reports a request that was settled and didn't end. */
const UNDER_WAY_MINUTES = 15;

/** The other requests of the incident that the same person, deadline or closed finding settled. */
export function settledWith(action: Action, ofTheIncident: readonly Action[], now: Date): Action[] {
  const own = settlingOf(action, now);
  if (!own) return [];
  return ofTheIncident.filter((one) => {
    const other = one.actionId === action.actionId ? null : settlingOf(one, now);
    const apartMs = Date.parse(other?.at ?? '') - Date.parse(own.at);
    return other?.how === own.how && Math.abs(apartMs) <= TOGETHER_MS;
  });
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
export function isNotified({ history, status }: Pick<Action, 'history' | 'status'>): boolean {
  const last = (wanted: string) => history.findLastIndex(({ event }) => event === wanted);
  return last('told') > last(status);
}
