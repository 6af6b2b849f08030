// Writes the notice about an action in its state, and picks its recipients.

import { type Action, lastIndexOf } from '../domain/action.ts';
import { isHarmless, opensTicketUnanswered } from '../domain/action-catalog.ts';
import { type Alert, isSevere, mayPage } from '../domain/alert.ts';
import { type Approver, askedSoFar, TOO_FEW_APPROVERS } from '../domain/approval.ts';
import { closingOf } from '../domain/closed-finding.ts';
import {
  asRaised,
  changedNothing,
  isRemoved,
  NEWS,
  owesNews,
  saysRaised,
  workAfterUndo,
} from '../domain/effect-state.ts';
import type { Facts } from '../domain/facts.ts';
import { isNotified } from '../domain/settled-together.ts';
import { onCallOf, peopleOf } from '../policy/people.ts';
import type { Policy } from '../policy/policy.ts';
import { type Message, questionKey } from './message.ts';
import { latestArrival } from './question.ts';
import {
  decidedText,
  expiredText,
  findingClosedText,
  newsText,
  noTicketText,
  stoppedText,
  unaskedText,
} from './texts/asked.ts';
import {
  failedText,
  goneText,
  inDoubtText,
  keptText,
  notUndoneText,
  rotateText,
  stillHeldText,
} from './texts/in-force.ts';
import { handOffText } from './texts/manual.ts';
import { isTicketElsewhere } from './texts/phrases.ts';

export type Notice = Pick<Message, 'subject' | 'paragraphs' | 'facts' | 'steps'> & {
  to: Approver[];
  ticket: boolean;
  /** A page if absent. */
  urgency?: 'inform';
  /** Exempt from the hourly limit, because an effect is wrongly in force. */
  always?: true;
  /** Pages only because the severity rose. */
  isRaise?: true;
  /** May wait for the recipient's working hours. */
  canWait?: true;
  /** The page of the open request shows the update, so that the message may wait for a digest until this time. */
  collectUntil?: string;
  /** The number of the history entry that caused it, if that is not the entry of the current state. */
  since?: number;
};

/** The notice with its recipients; null if the state needs no notice. */
export function noticeOf(...given: Parameters<typeof noticeInState>): Notice | null {
  const [action] = given;
  const notice = isInTicketOnly(action) ? null : noticeInState(...given);
  return notice && isTicketElsewhere(action) ? { ...notice, ...noTicketText(action) } : notice;
}

function noticeInState(
  action: Action,
  { alert, facts }: { alert: Alert | undefined; facts: Facts | null },
  { escalation }: Policy,
  failure: string | null,
  now: Date,
): Notice | null {
  const onCall = onCallOf(escalation);
  const managers = peopleOf(escalation, escalation.managers);
  const asked = unique([
    ...(action.approval?.rungs.flatMap(({ ask }) => ask) ?? []),
    ...askedOf(action),
  ]);
  const everyone = unique([...asked, ...(action.approval?.managers ?? managers)]);
  const decidedBy = asked.filter(({ id }) => id === action.approval?.decision?.by);
  const concerned = unique([...decidedBy, ...onCall]);
  const inCharge = unique([...onCall, ...managers]);
  const approvedOnce = action.approval?.decision?.verdict === 'approved';
  const decided: Notice | null = action.approval?.decision
    ? {
        ...(isRemoved(action) ? goneText(action) : decidedText(action)),
        to: askedOf(action),
        ticket: false,
        urgency: 'inform',
      }
    : null;
  switch (action.status) {
    case 'handed-off':
      return approvedOnce
        ? { ...stoppedText(action), to: concerned, ticket: true }
        : {
            ...handOffText(action, alert, facts, managers),
            to: onCall,
            ticket: true,
            canWait: true,
            ...(alert && !mayPage(asRaised(alert, action)) && { urgency: 'inform' as const }),
          };
    case 'observed':
      return approvedOnce ? { ...stoppedText(action), to: decidedBy, ticket: false } : null;
    case 'expired':
      return expiredNotice(action, { alert, facts }, everyone);
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
      return openNotice(action, alert, failure, everyone);
    case 'kept':
      return overdueReview(action, inCharge, now) ?? decided;
    case 'reversed':
      return afterUndo(action, concerned);
    case 'reversal-failed':
    case 'reversing':
    case 'executing':
      return { ...notUndoneText(action, failure), to: inCharge, ticket: true, always: true };
    case 'in-force':
      return decided && !failure ? decided : afterApply(action, failure, inCharge, now);
    case 'declined':
      return decided;
    default:
      return null;
  }
}

/** Nothing is left to do after the finding was closed. */
function expiredNotice(
  action: Action,
  { alert, facts }: { alert: Alert | undefined; facts: Facts | null },
  everyone: Approver[],
): Notice {
  if (closingOf(action))
    return {
      ...findingClosedText(action),
      to: askedOf(action),
      ticket: false,
      urgency: 'inform',
    };
  return {
    ...expiredText(action, alert, facts),
    to: everyone,
    ticket: true,
    // Approvers were not paged about it, and the incident has a ticket now.
    ...((opensTicketUnanswered(action.name) || (alert && !mayPage(asRaised(alert, action)))) && {
      urgency: 'inform' as const,
    }),
  };
}

/** Whether only the ticket mentions the action: a harmless one that was not done, and that no one approved. */
export const isInTicketOnly = (action: Action): boolean =>
  isHarmless(action.name) &&
  action.approval === null &&
  // Someone was to be asked about it, so it may be the only message about the alert.
  action.reasons.every(({ code }) => code !== TOO_FEW_APPROVERS) &&
  (action.status === 'handed-off' || changedNothing(action));

const openNotice = (
  action: Action,
  alert: Alert | undefined,
  failure: string | null,
  everyone: Approver[],
): Notice =>
  failure === null && owesNews(action)
    ? newsNotice(action, alert)
    : { ...unaskedText(action, failure), to: everyone, ticket: true };

/** Pages only about a raised severity. Updates of a request below high may wait for the digest. */
function newsNotice(action: Action, alert: Alert | undefined): Notice {
  const since = lastIndexOf(action.history, NEWS);
  const news = action.history[since]?.text ?? '';
  const notice = { ...newsText(action, news), to: askedOf(action), ticket: false, since };
  if (saysRaised(news)) return { ...notice, isRaise: true };
  const isMild = alert !== undefined && !isSevere(asRaised(alert, action).severity.label);
  return {
    ...notice,
    urgency: 'inform',
    ...(isMild && action.approval && { collectUntil: latestArrival(action.approval) }),
  };
}

const overdueReview = (action: Action, to: Approver[], now: Date): Notice | null =>
  action.reviewAt && action.reviewAt <= now.toISOString()
    ? { ...keptText(action, 'Its review is overdue.'), to, ticket: false }
    : null;

/** For an action in force past its due time, or after an error. */
function afterApply(action: Action, failure: string | null, to: Approver[], now: Date): Notice {
  const isDue = Date.parse(action.dueAt ?? '') <= now.getTime();
  return isDue
    ? { ...notUndoneText(action, failure), to, ticket: true, always: true }
    : { ...inDoubtText(action, failure), to, ticket: true };
}

/** The work left after an undo. Sent once, although the sweeper may check the action again. */
function afterUndo(action: Action, to: Approver[]): Notice | null {
  const work = isNotified(action) ? null : workAfterUndo(action);
  if (work === 'still-held') return { ...stillHeldText(action), to, ticket: false };
  return work && { ...rotateText(action), to, ticket: true };
}

const unique = (people: readonly Approver[]): Approver[] => [
  ...new Map(people.map((person) => [person.id, person])).values(),
];

/** The questions sent so far. A hand-over counts as the step after the last escalation step. */
const questionsOf = ({ approval }: Action): { person: Approver; step: number }[] =>
  approval
    ? [
        ...approval.rungs
          .slice(0, approval.askedRungs)
          .flatMap(({ ask }, step) => ask.map((person) => ({ person, step }))),
        ...approval.handedTo.map(({ to }) => ({ person: to, step: approval.rungs.length })),
      ]
    : [];

export const askedOf = ({ approval }: Action): Approver[] =>
  approval ? unique(askedSoFar(approval)) : [];

/** Keys of the messages that asked this person. */
export const questionsTo = (action: Action, { id }: Approver): string[] =>
  questionsOf(action)
    .filter(({ person }) => person.id === id)
    .map(({ step }) => questionKey(action.actionId, step, id));
