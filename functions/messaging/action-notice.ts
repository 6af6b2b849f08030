// What people have to know of an action in its state, and who they are.

import type { Action } from '../domain/action.ts';
import type { Alert } from '../domain/alert.ts';
import type { Approver } from '../domain/approval.ts';
import type { Facts } from '../domain/facts.ts';
import { onCallOf, peopleOf } from '../policy/people.ts';
import type { Policy } from '../policy/policy.ts';
import { type Message, questionKey } from './message.ts';
import { decidedText, expiredText, stoppedText, unaskedText } from './texts/asked.ts';
import {
  failedText,
  goneText,
  inDoubtText,
  keptText,
  notUndoneText,
  rotateText,
} from './texts/in-force.ts';
import { handOffText } from './texts/manual.ts';

export type News = Pick<Message, 'subject' | 'paragraphs' | 'facts' | 'steps'> & {
  to: Approver[];
  ticket: boolean;
  /** A page, unless it says otherwise. */
  urgency?: 'inform';
  /** Something is in force that should not be: no cap holds it back. */
  always?: true;
  /** The entry that brought it, where that is not the one that brought the state. */
  since?: number;
};

/** What is to be told, and to whom; null where the state needs nobody. */
export function newsOf(
  action: Action,
  { alert, facts }: { alert: Alert | undefined; facts: Facts | null },
  { escalation }: Policy,
  failure: string | null,
  now: Date,
): News | null {
  const onCall = onCallOf(escalation);
  const managers = peopleOf(escalation, escalation.managers);
  const asked = unique([
    ...(action.approval?.rungs.flatMap(({ ask }) => ask) ?? []),
    ...askedOf(action),
  ]);
  const everybody = unique([...asked, ...(action.approval?.managers ?? managers)]);
  const decidedBy = asked.filter(({ id }) => id === action.approval?.decision?.by);
  const concerned = unique([...decidedBy, ...onCall]);
  const inCharge = unique([...onCall, ...managers]);
  const approvedOnce = action.approval?.decision?.verdict === 'approved';
  const decided: News | null = action.approval?.decision
    ? { ...decidedText(action), to: askedOf(action), ticket: false, urgency: 'inform' }
    : null;
  switch (action.status) {
    case 'handed-off':
      return approvedOnce
        ? { ...stoppedText(action), to: concerned, ticket: true }
        : { ...handOffText(action, alert, facts, managers), to: onCall, ticket: true };
    case 'observed':
      return approvedOnce ? { ...stoppedText(action), to: decidedBy, ticket: false } : null;
    case 'expired':
      return {
        ...expiredText(action, alert, facts),
        to: everybody,
        ticket: true,
        // The ticket or message that nobody was woken to decide about; the incident has a ticket now.
        ...(action.target?.kind === 'alert' && { urgency: 'inform' as const }),
      };
    case 'failed': {
      const stopped = approvedOnce && action.appliedAt === null && action.before === null;
      const text = stopped ? stoppedText(action) : failedText(action);
      return { ...text, to: concerned, ticket: true };
    }
    case 'approved':
      return { ...stoppedText(action, failure), to: concerned, ticket: true };
    case 'proposed':
      return { ...stoppedText(action, failure), to: onCall, ticket: true };
    case 'awaiting-approval':
      return { ...unaskedText(action, failure), to: everybody, ticket: true };
    case 'kept':
      return goneSince(action, inCharge) ?? overdueReview(action, inCharge, now) ?? decided;
    case 'reversed':
      return afterwards(action, concerned);
    case 'reversal-failed':
    case 'reversing':
    case 'executing':
      return { ...notUndoneText(action, failure), to: inCharge, ticket: true, always: true };
    case 'in-force':
      return (
        goneSince(action, inCharge) ??
        (decided && !failure ? decided : lookAt(action, failure, inCharge, now))
      );
    case 'declined':
      return decided;
    default:
      return null;
  }
}

/** Told once for each time that it went. */
function goneSince({ history, ...action }: Action, to: Approver[]): News | null {
  const last = (...names: string[]) => history.findLastIndex(({ event }) => names.includes(event));
  const gone = last('drifted');
  return gone > last('told', 'there-again')
    ? {
        ...goneText({ history, ...action }, history[gone]?.text ?? ''),
        to,
        ticket: false,
        since: gone,
      }
    : null;
}

const overdueReview = (action: Action, to: Approver[], now: Date): News | null =>
  action.reviewAt && action.reviewAt <= now.toISOString()
    ? { ...keptText(action, 'Its review is overdue.'), to, ticket: false }
    : null;

/** It is in force and should not be, or something failed on the way there. */
function lookAt(action: Action, failure: string | null, to: Approver[], now: Date): News {
  const isDue = Date.parse(action.dueAt ?? '') <= now.getTime();
  return isDue
    ? { ...notUndoneText(action, failure), to, ticket: true, always: true }
    : { ...inDoubtText(action, failure), to, ticket: true };
}

/** The work that a reversal leaves, once: the sweeper may look at it again when it is over. */
function afterwards(action: Action, to: Approver[]): News | null {
  const { history, status } = action;
  const last = (wanted: string) => history.findLastIndex(({ event }) => event === wanted);
  const text = last('told') > last(status) ? null : rotateText(action);
  return text && { ...text, to, ticket: true };
}

const unique = (people: readonly Approver[]): Approver[] => [
  ...new Map(people.map((person) => [person.id, person])).values(),
];

/** What was asked so far, and whom: by the ladder, and by whoever handed it over, which comes after the last rung. */
const questionsOf = ({ approval }: Action): { person: Approver; rung: number }[] =>
  approval
    ? [
        ...approval.rungs
          .slice(0, approval.askedRungs)
          .flatMap(({ ask }, rung) => ask.map((person) => ({ person, rung }))),
        ...approval.handedTo.map(({ to }) => ({ person: to, rung: approval.rungs.length })),
      ]
    : [];

export const askedOf = (action: Action): Approver[] =>
  unique(questionsOf(action).map(({ person }) => person));

/** The questions that this person may have been woken with. Unless they still stand, they are over, whatever the news. */
export const questionsTo = (action: Action, { id }: Approver): string[] =>
  action.status === 'awaiting-approval'
    ? []
    : questionsOf(action)
        .filter(({ person }) => person.id === id)
        .map(({ rung }) => questionKey(action.actionId, rung, id));
