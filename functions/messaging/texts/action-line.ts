// The line about an action, in the tense that its state allows.
import type { Action, Status } from '../../domain/action.ts';
import {
  ACTIONS,
  ActionName,
  informs,
  opensTicketUnanswered,
} from '../../domain/action-catalog.ts';
import type { EntityKind } from '../../domain/alert.ts';
import { closingOf } from '../../domain/closed-finding.ts';
import {
  isHeldByAnother,
  isRemoved,
  isTargetGone,
  joinReason,
  lackedSlot,
  wasInPlaceBefore,
} from '../../domain/effect-state.ts';
import { oneLine, quoted, unlinked, words } from '../../domain/wording.ts';

/** What happened to the target: nothing yet, the change, the change and its undo, or nothing at all. */
export type Progress = 'ahead' | 'made' | 'undone' | 'never';

const PROGRESS: Readonly<Record<Status, Progress>> = {
  proposed: 'ahead',
  'awaiting-approval': 'ahead',
  approved: 'ahead',
  executing: 'ahead',
  'in-force': 'made',
  kept: 'made',
  reversing: 'made',
  'reversal-failed': 'made',
  reversed: 'undone',
  declined: 'never',
  expired: 'never',
  observed: 'never',
  'handed-off': 'never',
  dropped: 'never',
  failed: 'never',
};

/**
 * Where the action is. One that failed after its before-state was captured may have changed something, and was undone,
 * unless it waited in vain for a slot under the rate limit.
 * With `now`, a request past its deadline counts as expired before its record says so.
 */
export function progressOf(action: Action, now?: Date): Progress {
  const { status, before } = action;
  if (wasInPlaceBefore(action) || isPastDeadline(action, now)) return 'never';
  if (isHeldByAnother(action)) return 'made';
  if (isRemoved(action) || isTargetGone(action)) return 'undone';
  if (status === 'failed' && before !== null) return lackedSlot(action) ? 'never' : 'undone';
  return PROGRESS[status];
}

/** Whether the time to decide is over, although the record does not say so yet. */
export const isPastDeadline = ({ status, approval }: Action, now: Date | undefined): boolean =>
  status === 'awaiting-approval' &&
  now !== undefined &&
  Date.parse(approval?.expiresAt ?? '') <= now.getTime();

/** Headlines and changes are orders that begin with one of these verbs. */
const PAST: Readonly<Record<string, string>> = {
  Add: 'Added',
  Attach: 'Attached',
  Block: 'Blocked',
  Capture: 'Captured',
  Change: 'Changed',
  Create: 'Created',
  Deactivate: 'Deactivated',
  Delete: 'Deleted',
  Deny: 'Denied',
  Detach: 'Detached',
  Disable: 'Disabled',
  Isolate: 'Isolated',
  Limit: 'Limited',
  Lock: 'Locked',
  Log: 'Logged',
  Move: 'Moved',
  Notify: 'Notified',
  Open: 'Opened',
  Pause: 'Paused',
  Quarantine: 'Quarantined',
  Raise: 'Raised',
  Record: 'Recorded',
  Remove: 'Removed',
  Replace: 'Replaced',
  Require: 'Required',
  Reset: 'Reset',
  Restrict: 'Restricted',
  Revoke: 'Revoked',
  Rotate: 'Rotated',
  Send: 'Sent',
  Set: 'Set',
  Stop: 'Stopped',
  Suspend: 'Suspended',
  Tell: 'Notified',
  Turn: 'Turned',
  Watch: 'Watched',
};

/** The state as people read it. */
const STATUS_WORDS: Readonly<Record<Status, string>> = {
  proposed: 'being prepared',
  'awaiting-approval': 'waiting for approval',
  approved: 'approved',
  declined: 'declined',
  expired: 'expired',
  executing: 'in progress',
  'in-force': 'in force',
  kept: 'kept',
  reversing: 'being undone',
  reversed: 'undone',
  'reversal-failed': 'undo failed',
  observed: 'not done, in shadow mode',
  'handed-off': 'handed off',
  dropped: 'not pursued',
  failed: 'failed',
};

/** The state in words, as far as the record knows what became of the change. */
export function stateOf(action: Action, now?: Date): string {
  const { status, name } = action;
  if (wasInPlaceBefore(action)) return 'was already in place';
  if (status === 'dropped' && joinReason(action)) return 'joined the action with the same effect';
  if (isTargetGone(action) && status !== 'failed') return 'the target no longer exists';
  if (isRemoved(action)) return 'removed by someone else';
  if (isHeldByAnother(action)) return 'ended while another action needed the same change';
  if (closingOf(action)) return 'ended because the finding was closed';
  if (status === 'expired' && opensTicketUnanswered(name)) return 'not approved in time';
  // Nothing of a ticket or a notification can be kept.
  if (status === 'kept' && informs(name)) return 'done';
  return STATUS_WORDS[isPastDeadline(action, now) ? 'expired' : status];
}

export const isOrder = (text: string): boolean => PAST[firstWord(text)] !== undefined;

const firstWord = (text: string): string => /^\w*/.exec(text)?.[0] ?? '';

/** `Block requests` as the object of a verb: `block requests`. */
const lowered = (order: string): string =>
  isOrder(order) ? `${order.charAt(0).toLowerCase()}${order.slice(1)}` : order;

/** `Block requests` as done: `Blocked requests`. */
function inPast(order: string): string {
  const verb = firstWord(order);
  const past = PAST[verb];
  return past ? `${past}${order.slice(verb.length)}` : `Done: ${order}`;
}

/** The order in one line: `Block web requests from 203.0.113.7`. */
export const headlineOf = ({ description, recommendation, name, target }: Action): string => {
  const on = named(target?.value ?? recommendation.target);
  if (description) return description.headline;
  return recommended(name ?? recommendation.action, on, target?.kind ?? null);
};

/** The headline of a recommendation, whose action may have an unknown name. */
export const recommended = (action: string, target: string, kind: EntityKind | null): string => {
  const { data: name } = ActionName.safeParse(action);
  return name ? ACTIONS[name].headline(target, kind) : `${words(oneLine(action, 64))} on ${target}`;
};

/** `block web requests from 203.0.113.7`, to follow `Approve to` or `The request was to`. */
export const orderOf = (action: Action): string => lowered(headlineOf(action));

/** `Blocked web requests from 203.0.113.7`, for what was changed. */
export const doneOf = (action: Action): string => inPast(headlineOf(action));

/** The exact changes, with the label that says whether they were made. A failed action made them in part at most. */
export function changesFact(action: Action, now?: Date): { label: string; lines: string[] } {
  const orders = action.description?.changes ?? [headlineOf(action)];
  switch (action.status === 'failed' ? 'never' : progressOf(action, now)) {
    case 'ahead':
      return { label: 'Change', lines: orders.map((one) => ifOrder(one, `Will ${lowered(one)}`)) };
    case 'never':
      return { label: 'Requested', lines: orders.map((one) => ifOrder(one, `To ${lowered(one)}`)) };
    default:
      return { label: 'Change', lines: orders.map((one) => ifOrder(one, inPast(one))) };
  }
}

/** Descriptions stored before changes were orders are shown unchanged. */
const ifOrder = (text: string, inTense: string): string => (isOrder(text) ? inTense : text);

/** The same in one paragraph, a sentence for each change. */
export const changesText = (action: Action): string =>
  changesFact(action).lines.map(sentence).join('\n');

/** A sentence of a mechanism or an error, with one full stop at its end. */
export const sentence = (text: string) => `${unlinked(text).replace(/[.\s]+$/, '')}.`;

/** Identifiers unchanged; any other text in quotation marks, without a link. */
const named = (value: string): string =>
  /^[\w.:@/+=-]{1,100}$/.test(value) && !value.includes('//') ? value : quoted(value, 100);
