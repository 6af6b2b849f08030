// Notifications that an action still owes, and reversals that need a person.
import { type Action, lastIndexOf } from './action.ts';
import { owesNews, workAfterUndo } from './effect-state.ts';
import { isNotified } from './settled-together.ts';
import { minutesAfter, NOTIFIED_WITHIN_MINUTES } from './time.ts';

/** Whether people must still be notified of the update of an open request, or of what followed their decision. */
export function owesOutcome(action: Action): boolean {
  if (action.status === 'awaiting-approval') return owesNews(action);
  return (
    OUTCOMES.includes(action.status) && Boolean(action.approval?.decision) && !isNotified(action)
  );
}
const OUTCOMES: readonly Action['status'][] = ['declined', 'in-force', 'kept', 'observed'];

/** Whether the gate stopped the action after its approval, so that nothing was applied. */
export const isStoppedByGate = ({ status, history }: Action): boolean =>
  status === 'failed' && history[lastIndexOf(history, 'failed')]?.by === 'gate';

/**
 * Whether an action still owes a notification. The page promises approvers a message if the action is stopped, the
 * managers must be notified of a failed reversal, and someone must do the work that a reversal leaves. The state
 * machine may have ended before it could send any of these.
 */
export function owesNotification(action: Action): boolean {
  const { status, approval, history } = action;
  const isStopped = status === 'failed' && approval?.decision?.verdict === 'approved';
  return (
    (isStopped || status === 'reversal-failed' || workAfterUndo(action) !== null) &&
    lastIndexOf(history, 'told') < lastIndexOf(history, status)
  );
}

/** When the sweeper checks that people were notified of the work that an undo leaves. */
export const workNotifiedBy = (reversedAt: string): string =>
  minutesAfter(reversedAt, NOTIFIED_WITHIN_MINUTES);

/** Whether the sweeper checks the undone action only for that, because nothing else is left to clean up. */
export const isCheckedForWork = ({ status, attentionAt, history }: Action): boolean =>
  status === 'reversed' &&
  attentionAt !== null &&
  attentionAt === workNotifiedBy(history[lastIndexOf(history, status)]?.at ?? attentionAt);

/** Reversal attempts before only a person may continue. */
const MAX_REVERSALS = 8;

/** A retry finds the same. */
const NEEDS_A_PERSON = /^(StateChanged|Unproven):/;

/**
 * Whether a reversal needs a person: someone else changed the state, nothing proves the change, or the reversal failed
 * too often.
 */
export function needsManualReversal({ status, history }: Action): boolean {
  const failed = history.filter(({ event }) => event === 'reversal-failed');
  const isFinal = NEEDS_A_PERSON.test(failed.at(-1)?.text ?? '');
  return status === 'reversal-failed' && (isFinal || failed.length > MAX_REVERSALS);
}
