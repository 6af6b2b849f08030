// What a person may do to an action that is in force: keep, extend, reverse. Pure, one outcome per state.

import type { Action } from '../domain/action.ts';
import { minutesAfter } from '../domain/time.ts';
import { utc } from '../domain/wording.ts';
import { overdueAt } from '../platform/schedules.ts';
import type { Limits } from '../policy/schemas/limits.ts';
import { transition, withEntry } from '../store/hash-chain.ts';
import { type By, type Change, mayNot, refuse } from './decision.ts';

export type Review = 'keep' | 'extend' | 'reverse';

/** The sweeper tells people this long after a review date that nobody kept to. */
const REMINDED_FOR_MINUTES = 24 * 60;

/** Until the review date; keeping what is kept already sets the next one. What could not be undone may be kept, too. */
export function keep(
  action: Action,
  { person, people, now, limits }: By & { limits: Pick<Limits, 'keptReviewDays'> },
): Change {
  const stranger = mayNot(action, person, people);
  if (stranger) return stranger;
  const reviewAt = minutesAfter(now, limits.keptReviewDays * 24 * 60);
  const change = {
    reviewAt,
    dueAt: null,
    attentionAt: minutesAfter(reviewAt, REMINDED_FOR_MINUTES),
  };
  const text = `Kept: it is not undone by itself any more; to be reviewed on ${reviewAt.slice(0, 10)}`;
  const note = { at: now, by: `person:${person}`, text };
  if (action.status === 'in-force' || action.status === 'reversal-failed')
    return { next: transition(action, 'kept', note, change) };
  return action.status === 'kept' && action.reviewAt !== null
    ? { next: { ...withEntry(action, { ...note, event: 'kept' }), ...change } }
    : refuse('settled', 'It can no longer be kept.');
}

/**
 * Puts the due time off by the action's own duration. `extensions` is how many the person saw on the page, so that a
 * double click is one extension.
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
  const stranger = mayNot(action, person, people);
  if (stranger) return stranger;
  const { dueAt, durationMinutes } = action;
  if (action.status !== 'in-force' || !dueAt || !durationMinutes)
    return refuse('settled', 'It can no longer be extended.');
  if (action.extensions !== extensions)
    return refuse('settled', `It was extended already, to ${utc(dueAt)}.`);
  if (!mayExtend(action, limits))
    return refuse(
      'bounded',
      `It was extended ${action.extensions} times, and policy allows no more. Keep it, or let it end.`,
    );
  const from = new Date(Math.max(Date.parse(dueAt), now.getTime()));
  const due = minutesAfter(from, durationMinutes);
  const text = `Extended to ${due}`;
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
  { status, extensions }: Action,
  { maxExtensions }: Pick<Limits, 'maxExtensions'>,
): boolean => status === 'in-force' && extensions < maxExtensions;

export const mayReverse = ({ status }: Action): boolean =>
  status === 'in-force' || status === 'kept' || status === 'reversal-failed';
