// What a person may do to an action, and what becomes of it: pure, one outcome per state.
import { moveTo, noted } from '../audit/chain.ts';
import type { Action } from '../domain/action.ts';
import type { Limits } from '../domain/policy.ts';

export type Verdict = 'approve' | 'decline';
export type Review = 'keep' | 'extend' | 'reverse';
/** The next action, or why there is none, in words for the person who asked. */
export type Change = { next: Action } | { refused: string };

/** An approved action that is not carried out within this time is looked at by the sweeper. */
const CARRY_OUT_WITHIN_MINUTES = 15;

export function decide(
  action: Action,
  verdict: Verdict,
  { person, reason, now }: { person: string; reason: string; now: Date },
): Change {
  const { approval } = action;
  if (action.status !== 'awaiting-approval' || !approval) return { refused: settled(action) };
  if (Date.parse(approval.expiresAt) <= now.getTime())
    return { refused: 'The time to decide is over. Nothing was done.' };
  const asked = approval.rungs.some(({ ask }) => ask.some(({ id }) => id === person));
  if (!asked) return { refused: 'You are not among those who were asked.' };
  const status = verdict === 'approve' ? 'approved' : 'declined';
  const decision = { verdict: status, by: person, at: now.toISOString(), reason } as const;
  const text = reason ? `${status}: ${reason}` : status;
  const attentionAt =
    status === 'approved'
      ? new Date(now.getTime() + CARRY_OUT_WITHIN_MINUTES * 60_000).toISOString()
      : null;
  return {
    next: moveTo(
      action,
      status,
      { at: now, by: `person:${person}`, text },
      { approval: { ...approval, decision }, attentionAt },
    ),
  };
}

/** What became of it, for somebody who comes too late. */
export function settled({ status, approval, history }: Action): string {
  const decision = approval?.decision;
  const last = history.at(-1);
  if (decision)
    return `${nameOf(decision.by, approval)} ${decision.verdict} it at ${clock(decision.at)}.`;
  if (status === 'expired')
    return `Nobody decided in time. It ended at ${clock(last?.at ?? '')}, and nothing was done.`;
  return `It is ${status.replaceAll('-', ' ')} since ${clock(last?.at ?? '')}.`;
}

const nameOf = (id: string, approval: Action['approval']) =>
  approval?.rungs.flatMap(({ ask }) => ask).find((person) => person.id === id)?.name ?? id;
const clock = (instant: string) => `${instant.slice(11, 16)} UTC`;

export function keep(action: Action, { person, now }: { person: string; now: Date }): Change {
  if (action.status === 'kept') return { refused: 'It is kept already.' };
  if (action.status !== 'in-force') return { refused: settled(action) };
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

export function extend(
  action: Action,
  { person, now, limits }: { person: string; now: Date; limits: Pick<Limits, 'maxExtensions'> },
): Change {
  if (action.status !== 'in-force' || !action.dueAt || !action.durationMinutes)
    return { refused: settled(action) };
  if (action.extensions >= limits.maxExtensions)
    return {
      refused: `It was extended ${action.extensions} times, and policy allows no more. Keep it, or let it end.`,
    };
  const due = new Date(
    Math.max(Date.parse(action.dueAt), now.getTime()) + action.durationMinutes * 60_000,
  );
  const text = `Extended to ${due.toISOString()}`;
  return {
    next: {
      ...noted(action, { at: now, by: `person:${person}`, event: 'extended', text }),
      dueAt: due.toISOString(),
      extensions: action.extensions + 1,
      attentionAt: new Date(due.getTime() + 30_000).toISOString(),
    },
  };
}

export const mayReverse = ({ status }: Action): boolean =>
  status === 'in-force' || status === 'kept' || status === 'reversal-failed';
