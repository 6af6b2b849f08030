// What a person may do to an action, and what becomes of it: pure, one outcome per state.
import { moveTo, noted } from '../audit/chain.ts';
import type { Action } from '../domain/action.ts';
import { concerns } from '../domain/concerns.ts';
import type { Escalation, Limits } from '../domain/policy.ts';
import { minutesAfter } from '../domain/time.ts';
import { utc } from '../domain/wording.ts';
import { overdueAt } from '../scheduling/schedules.ts';

export type Verdict = 'approve' | 'decline';
export type Review = 'keep' | 'extend' | 'reverse';
/** The next action, or why there is none. */
export type Change = { next: Action } | Refusal;
export type Refusal = {
  /** `settled`: the state no longer allows it. `not-yours`: this person may not. `bounded`: policy allows no more. */
  because: 'settled' | 'too-late' | 'not-yours' | 'bounded';
  refused: string;
};
type By = { person: string; people: Escalation['people']; now: Date };

const refuse = (because: Refusal['because'], refused: string): Refusal => ({ because, refused });

/** An approved action that is not carried out within this time is looked at by the sweeper. */
const CARRY_OUT_WITHIN_MINUTES = 15;

/** Records one person's word on a request. The first one counts; what comes later learns whose it was. */
export function decide(
  action: Action,
  verdict: Verdict,
  { person, people, reason, now }: By & { reason: string },
): Change {
  const { approval } = action;
  const stranger = mayNot(action, person, people);
  if (stranger) return stranger;
  if (!approval?.rungs.some(({ ask }) => ask.some(({ id }) => id === person)))
    return refuse('not-yours', 'You are not among those who are asked about this.');
  if (action.status !== 'awaiting-approval')
    return refuse('settled', 'Your answer was not counted.');
  if (Date.parse(approval.expiresAt) <= now.getTime())
    return refuse('too-late', `The time to decide ended at ${utc(approval.expiresAt)}.`);
  const status = verdict === 'approve' ? 'approved' : 'declined';
  const decision = { verdict: status, by: person, at: now.toISOString(), reason } as const;
  const attentionAt = status === 'approved' ? minutesAfter(now, CARRY_OUT_WITHIN_MINUTES) : null;
  return {
    next: moveTo(
      action,
      status,
      { at: now, by: `person:${person}`, text: reason ? `${status}: ${reason}` : status },
      { approval: { ...approval, decision }, attentionAt },
    ),
  };
}

/** Whom policy no longer knows, and whom the action is about, decides nothing, whatever link they hold. */
export function mayNot(
  { target }: Action,
  person: string,
  people: Escalation['people'],
): Refusal | null {
  const known = people[person];
  if (!known)
    return refuse('not-yours', 'You are no longer among the people whom the policy names.');
  if (target && concerns(known, target))
    return refuse('not-yours', 'This is about you, so somebody else has to decide.');
  return null;
}

/** Whether this person said exactly this already: a second click, not a second answer. */
export const isRepeated = ({ approval }: Action, person: string, verdict: Verdict): boolean =>
  approval?.decision?.by === person &&
  approval.decision.verdict === (verdict === 'approve' ? 'approved' : 'declined');

export function keep(action: Action, { person, people, now }: By): Change {
  const stranger = mayNot(action, person, people);
  if (stranger) return stranger;
  if (action.status !== 'in-force') return refuse('settled', 'It can no longer be kept.');
  const text = 'Kept: it is not undone by itself any more';
  return {
    next: moveTo(
      action,
      'kept',
      { at: now, by: `person:${person}`, text },
      { dueAt: null, attentionAt: null },
    ),
  };
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
      ...noted(action, { at: now, by: `person:${person}`, event: 'extended', text }),
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
