// Writes the message that asks one person to decide.
import type { Action } from '../domain/action.ts';
import { opensTicketUnanswered } from '../domain/action-catalog.ts';
import { type Alert, mayPage } from '../domain/alert.ts';
import type { ApprovalRequest, Approver } from '../domain/approval.ts';
import { asRaised } from '../domain/effect-state.ts';
import type { Facts } from '../domain/facts.ts';
import { minutesAfter } from '../domain/time.ts';
import { slackMemberOf } from '../policy/people.ts';
import type { Policy } from '../policy/policy.ts';
import { answerToken, type LinkDeps, questionUrl } from './links.ts';
import { type Message, questionKey } from './message.ts';
import { askText } from './texts/asked.ts';
import { LINKS } from './texts/labels.ts';

export type QuestionDeps = LinkDeps & { policy: Pick<Policy, 'channels' | 'signIn'> };

/** Minutes that remain to decide. */
const DECIDES_WITHIN_MINUTES = 3;

/** Until when a message about an open request may arrive. */
export const latestArrival = ({ expiresAt }: Pick<ApprovalRequest, 'expiresAt'>): string =>
  minutesAfter(expiresAt, -DECIDES_WITHIN_MINUTES);

type Around = {
  /** The incident's other requests that the page shows to this person. */
  others: readonly Action[];
  /** Whether the page may show more of them. */
  isPartial: boolean;
  /** People of earlier steps who could not be reached. */
  passedOver: readonly Approver[];
  /** Actors and targets that no action covers. */
  left: readonly string[];
};

/** The message that asks one person. */
export async function question(
  deps: QuestionDeps,
  action: Action,
  alert: Alert,
  person: Approver,
  step: number,
  {
    facts,
    others = [],
    isPartial = false,
    passedOver = [],
    left = [],
  }: { /** Null if they cannot be read. */ facts: Facts | null } & Partial<Around>,
): Promise<Message> {
  const { incidentId, actionId, approval } = action;
  // A button could answer only one of several requests, so these are decided on the page.
  const withButtons =
    others.length === 0 && !isPartial && slackMemberOf(deps.policy, person.id) !== null;
  const isPassedOver = ({ id }: Approver) => passedOver.some((one) => one.id === id);
  const before = approval?.rungs.slice(0, step).flatMap(({ ask }) => ask) ?? [];
  const askedBefore = before.filter((one) => !isPassedOver(one));
  const raised = asRaised(alert, action);
  return {
    key: questionKey(actionId, step, person.id),
    to: { kind: 'person', ...person },
    // A ticket is opened even if the request expires, so it doesn't page. A notification is itself a page.
    urgency: opensTicketUnanswered(action.name) || !mayPage(raised) ? 'inform' : 'page',
    severity: raised.severity.label,
    ends: [],
    ...askText(action, alert, { facts, askedBefore, others, isPartial, passedOver, left }),
    links: [{ label: LINKS.decide, url: await questionUrl(deps, action, person, others) }],
    ...(withButtons && { answerToken: await answerToken(deps, action, person) }),
    incidentId,
    actionId,
  };
}
