// What the history of an action says about its effect in AWS.
import { type Action, isInForce, lastIndexOf } from './action.ts';
import { changesOf, isHarmless } from './action-catalog.ts';
import { isMoreSevere, SeverityLabel } from './alert.ts';
import { minutesAfter } from './time.ts';

type History = Pick<Action, 'history'>;

/** Entries that the executor and the reverser write. Stored, so these texts must not change. */
export const IN_PLACE_BEFORE = 'Already in place before this action';
export const REMAINS_IN_PLACE = 'Already in place before this action, so it remains';
export const HELD_BY_ANOTHER =
  'Another action holds the same effect, which remains until the last one ends';

/** The effect of another action, which this one holds as well. */
export const SHARED = 'Already in place for another action, and now held for this one as well';
/** An execution stopped before its first change. */
export const NOTHING_APPLIED = 'Nothing was changed, so nothing is left to undo';

/** The beginning of the entry of an undo that found no target. */
const TARGET_GONE = 'Nothing is left to undo';
export const targetGone = (found: string): string => `${TARGET_GONE}: ${found}`;
export const saysTargetGone = (text: string): boolean => text.startsWith(TARGET_GONE);
/** Reasons of a proposal that joins the action which asks about its effect or has it. Stored. */
export const ALREADY = { asked: 'already-requested', 'in-force': 'already-in-force' } as const;
const JOIN_CODES: readonly string[] = Object.values(ALREADY);

/** Why a proposal joins another action; null for any other proposal. */
export const joinReason = ({ reasons }: Pick<Action, 'reasons'>): string | null =>
  reasons.find(({ code }) => JOIN_CODES.includes(code))?.text ?? null;

/** The entry that the gate writes when a finding of another incident proposes the same effect. */
export const JOINED = 'joined';
export const joinedText = (incidentId: string): string =>
  `Also proposed in ${incidentId}; this does not extend the action`;

/** The entry that the gate writes when an alert counts as more severe than its product says. */
export const RATED = 'rated';

/** The entry that the gate writes when such a finding has news for the people who were asked. */
export const NEWS = 'news';

const RAISED = 'Severity raised from';
export const raisedText = (from: string, to: string): string => `${RAISED} ${from} to ${to}`;
/** Whether people must be paged about the news. */
export const saysRaised = (text: string): boolean => text.includes(RAISED);

const RAISED_TO = new RegExp(`${RAISED} \\w+ to (\\w+)`);

/** The alert with the highest severity that the gate or news of the request reported, if it is higher than its own. */
export function asRaised<A extends { severity: { label: SeverityLabel } }>(
  alert: A,
  { history }: History,
): A {
  const raised = history
    .filter(({ event }) => event === NEWS || event === RATED)
    .flatMap(({ text }) => SeverityLabel.safeParse(RAISED_TO.exec(text)?.[1]).data ?? []);
  const label = [alert.severity.label, ...raised].reduce((a, b) => (isMoreSevere(b, a) ? b : a));
  return { ...alert, severity: { ...alert.severity, label } };
}

/** The news since the approval was requested, oldest first. */
export const newsIn = ({ history, approval }: Pick<Action, 'history' | 'approval'>) =>
  history.filter(({ event, at }) => event === NEWS && at >= (approval?.requestedAt ?? ''));

/** Whether people must still be notified of an update of an open request. */
export const owesNews = ({ status, history }: Pick<Action, 'status' | 'history'>): boolean =>
  status === 'awaiting-approval' && lastIndexOf(history, NEWS) > lastIndexOf(history, 'told');

/** The incidents in which the effect was proposed as well. */
export const joinedIn = ({ history }: History): string[] =>
  history
    .filter(({ event }) => event === JOINED)
    .flatMap(({ text }) => /inc-[0-9a-z]+/.exec(text)?.[0] ?? []);

const lastText = ({ history }: History, event: string): string | undefined =>
  history.findLast((entry) => entry.event === event)?.text;

/** What the checks of an action in force can record. */
const CHECKED = ['drifted', 'there-again', 'target-gone'];

/** The last result of a check that differed from the one before it. */
export const lastCheck = ({ history }: History): string | undefined =>
  history.findLast(({ event }) => CHECKED.includes(event))?.event;

/** Whether the effect existed before the action. Then the action changed nothing, and neither does its undo. */
export const wasInPlaceBefore = (action: History): boolean =>
  lastText(action, 'in-force') === IN_PLACE_BEFORE ||
  lastText(action, 'reversed') === REMAINS_IN_PLACE;

/** Whether the last check found that someone else removed the effect of an action in force. */
export const isRemoved = ({ status, history }: Pick<Action, 'status' | 'history'>): boolean =>
  isInForce({ status }) && lastCheck({ history }) === 'drifted';

/** Whether the action failed before its first change. */
export const changedNothing = (action: Pick<Action, 'status' | 'before' | 'history'>): boolean =>
  action.status === 'failed' &&
  (action.before === null || lastText(action, 'failed') === NOTHING_APPLIED);

/** Whether the target was deleted: found by the last check of an action in force, or by its undo. */
export function isTargetGone({ status, history }: Pick<Action, 'status' | 'history'>): boolean {
  if (isInForce({ status })) return lastCheck({ history }) === 'target-gone';
  const isEnded = status === 'reversed' || status === 'failed';
  return isEnded && saysTargetGone(lastText({ history }, status) ?? '');
}

/** Whether an undo only ends the record: the change is gone, or it is not the action's own. */
export const undoesNothing = (action: Pick<Action, 'status' | 'history'>): boolean =>
  isTargetGone(action) || isRemoved(action) || wasInPlaceBefore(action);

/** Whether the action ended and its effect remains, because another action holds it. */
export const isHeldByAnother = ({ status, history }: Pick<Action, 'status' | 'history'>): boolean =>
  (status === 'reversed' || status === 'failed') &&
  lastText({ history }, status) === HELD_BY_ANOTHER;

/** Whether a person undid the action and its change stays, because another action holds it. */
export const staysAfterUndo = (action: Pick<Action, 'status' | 'history'>): boolean =>
  action.status === 'reversed' &&
  isHeldByAnother(action) &&
  endedBy(action)?.startsWith('person:') === true;

/**
 * What an undo leaves for people to do; null if nothing. A revoked key must be rotated if the undo made it work again:
 * not if it was deleted or was revoked before the action.
 */
export function workAfterUndo(
  action: Pick<Action, 'status' | 'history' | 'name'>,
): 'still-held' | 'rotate-key' | null {
  if (action.status !== 'reversed') return null;
  if (staysAfterUndo(action)) return 'still-held';
  const isBack = !wasInPlaceBefore(action) && !isHeldByAnother(action) && !isTargetGone(action);
  return isBack ? (changesOf(action.name)?.afterUndo ?? null) : null;
}

const endedBy = ({ history }: History): string | undefined =>
  history.findLast(({ event }) => event === 'reversing')?.by;

/** The entry of a person's order to undo. */
export const UNDO_ORDERED = 'undo-ordered';
/** Longer than a reversal needs to begin. After it, people are offered the undo again. */
const BEGINS_WITHIN_MINUTES = 5;

/** Whether a person ordered the undo, and the record doesn't say yet what AWS showed after it. */
export function isBeingUndone({ history }: History, now: Date): boolean {
  const last = history.at(-1);
  return (
    last?.event === UNDO_ORDERED && minutesAfter(last.at, BEGINS_WITHIN_MINUTES) > now.toISOString()
  );
}

/** Whether the last undo stopped, because nothing proves what it would restore. The record may be altered. */
export const isUnproven = (action: History): boolean =>
  lastText(action, 'reversal-failed')?.startsWith('Unproven:') ?? false;

/** Whether it is harmless and waited in vain for a slot under the rate limit. Only the ticket says so. */
export const lackedSlot = ({
  name,
  status,
  failure,
}: Pick<Action, 'name' | 'status' | 'failure'>): boolean =>
  isHarmless(name) && status === 'failed' && (failure ?? '').startsWith('NoSlot:');
