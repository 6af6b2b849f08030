// Applies keep and extend to an action in force; pure, one outcome per state.

import type { Action } from '../domain/action.ts';
import { peopleAsked } from '../domain/approval.ts';
import { isTargetGone, UNDO_ORDERED } from '../domain/effect-state.ts';
import { minutesAfter } from '../domain/time.ts';
import { overdueAt } from '../platform/schedules.ts';
import type { Limits } from '../policy/schemas/limits.ts';
import { isFull, transition, withEntry } from '../store/hash-chain.ts';
import { type By, type Change, mayNot, refuse } from './decision.ts';
import { REFUSED } from './texts/answers.ts';
import { HISTORY } from './texts/history.ts';

export type Review = 'keep' | 'extend' | 'reverse';

/** The sweeper notifies people of a missed review after this time. */
const REMINDED_FOR_MINUTES = 24 * 60;

/** Until the review date. Keeping a kept action sets the next one. An action whose undo failed can be kept, too. */
export function keep(
  action: Action,
  { person, people, now, limits }: By & { limits: Pick<Limits, 'keptReviewDays'> },
): Change {
  const refusal = mayNot(action, person, people);
  if (refusal) return refusal;
  if (isTargetGone(action)) return refuse('settled', REFUSED.targetGone);
  const reviewAt = minutesAfter(now, limits.keptReviewDays * 24 * 60);
  const change = {
    reviewAt,
    dueAt: null,
    attentionAt: minutesAfter(reviewAt, REMINDED_FOR_MINUTES),
  };
  const text = HISTORY.kept(reviewAt);
  const note = { at: now, by: `person:${person}`, text };
  if (action.status === 'in-force' || action.status === 'reversal-failed')
    return { next: transition(action, 'kept', note, change) };
  if (action.status === 'kept' && isFull(action.history))
    return refuse('bounded', REFUSED.historyFull);
  return action.status === 'kept' && action.reviewAt !== null
    ? { next: { ...withEntry(action, { ...note, event: 'kept' }), ...change } }
    : refuse('settled', REFUSED.cannotKeep);
}

/**
 * Moves the due time by the action's own duration. `extensions` is the number that the page showed, so that a double
 * click is one extension.
 */
export function extend(
  action: Action,
  {
    person,
    people,
    now,
    limits,
    extensions,
  }: By & { limits: Pick<Limits, 'maxExtensions'>; extensions: number },
): Change {
  const refusal = mayNot(action, person, people);
  if (refusal) return refusal;
  if (isTargetGone(action)) return refuse('settled', REFUSED.targetGone);
  const { dueAt, durationMinutes } = action;
  if (action.status !== 'in-force' || !dueAt || !durationMinutes)
    return refuse('settled', REFUSED.cannotExtend);
  if (action.extensions !== extensions)
    return refuse('settled', REFUSED.alreadyExtended(dueAt, now));
  if (!mayExtend(action, limits))
    return refuse('bounded', REFUSED.noExtensionLeft(action.extensions));
  const from = new Date(Math.max(Date.parse(dueAt), now.getTime()));
  const due = minutesAfter(from, durationMinutes);
  const text = HISTORY.extended(due);
  return {
    next: {
      ...withEntry(action, { at: now, by: `person:${person}`, event: 'extended', text }),
      dueAt: due,
      extensions: extensions + 1,
      attentionAt: overdueAt(due),
    },
  };
}

export const mayExtend = (
  action: Action,
  { maxExtensions }: Pick<Limits, 'maxExtensions'>,
): boolean =>
  action.status === 'in-force' && action.extensions < maxExtensions && !isTargetGone(action);

export const mayReverse = ({ status }: Action): boolean =>
  status === 'in-force' || status === 'kept' || status === 'reversal-failed';

/** Whether an approver of the request may undo the action with the link of the request. */
export const mayUndoBy = (action: Action, person: string): boolean =>
  mayReverse(action) &&
  action.approval !== null &&
  peopleAsked(action.approval).some(({ id }) => id === person);

/** Records the order. The reversal writes its own entries in this person's name. */
export function orderUndo(action: Action, { person, people, now }: By): Change {
  const refusal = mayNot(action, person, people);
  if (refusal) return refusal;
  if (!mayReverse(action) || isUndoOrdered(action, person, now))
    return refuse('settled', REFUSED.nothingToUndo);
  const note = { at: now, by: `person:${person}`, event: UNDO_ORDERED, text: HISTORY.undoOrdered };
  return { next: withEntry(action, note) };
}

/** A second click within this time repeats the order. */
const DOUBLE_CLICK_MINUTES = 1;

/** Whether this person ordered the undo just now and nothing has happened since. */
export function isUndoOrdered({ history }: Action, person: string, now: Date): boolean {
  const last = history.at(-1);
  return (
    last?.event === UNDO_ORDERED &&
    last.by === `person:${person}` &&
    minutesAfter(last.at, DOUBLE_CLICK_MINUTES) > now.toISOString()
  );
}
