// The notify step: notifies people about an action, or sends a digest.

import * as z from 'zod/mini';
import { type Action, ActionId, IncidentId } from '../domain/action.ts';
import type { Approver } from '../domain/approval.ts';
import { asRaised, owesNews } from '../domain/effect-state.ts';
import {
  askedOf,
  isInTicketOnly,
  type Notice,
  noticeOf,
  questionsTo,
} from '../messaging/action-notice.ts';
import { sendDigest } from '../messaging/digest.ts';
import { questionUrl, requestAgainUrl, retryUndoUrl } from '../messaging/links.ts';
import type { Message } from '../messaging/message.ts';
import { type Sent, sendAll, troubleIn } from '../messaging/send-all.ts';
import { LINKS } from '../messaging/texts/labels.ts';
import { Caught, causeText } from '../platform/caught-error.ts';
import { errorFields } from '../platform/log.ts';
import { resolveOnCall } from '../platform/on-call-schedule.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { NotifyDeps } from './deps.ts';

const AboutAction = z.object({
  incidentId: IncidentId,
  actionId: ActionId,
  failure: z.optional(Caught),
});
export const NotifyInput = z.union([
  /** From the sweeper: the recipient's digest is due. */
  z.strictObject({ digestFor: z.string().check(z.minLength(1)) }),
  AboutAction,
]);

export async function notify(deps: NotifyDeps, input: unknown) {
  const given = NotifyInput.parse(input);
  return 'digestFor' in given ? sendDigest(deps, given.digestFor) : notifyAbout(deps, given);
}

async function notifyAbout(
  deps: NotifyDeps,
  { incidentId, actionId, failure }: z.infer<typeof AboutAction>,
) {
  const action = await deps.store.records.action(incidentId, actionId);
  // The new request tells people more than the old one's end, and the sweeper must still start it.
  if (action.status === 'expired' && action.askedAnew) return { incidentId, actionId, told: 0 };
  const alert = await deps.store.records.readableAlert(incidentId, action.alertId);
  const known = (await deps.store.records.findFacts(incidentId, action.alertId)) ?? null;
  const why = failure ? causeText(failure) : null;
  const { escalation } = await resolveOnCall(
    deps.onCall,
    deps.policy.escalation,
    deps.log,
    deps.now(),
  );
  const policy = { ...deps.policy, escalation };
  const notice = noticeOf(action, { alert, facts: known }, policy, why, deps.now());
  if (!notice) {
    if (isInTicketOnly(action))
      await recordNotified(deps, action, [], { unreached: [], notBy: [], held: [] });
    return { incidentId, actionId, told: 0 };
  }
  const facts = [
    ...notice.facts,
    ...(notice.ticket ? [{ label: 'Ticket', value: await ticketFor(deps, action) }] : []),
  ];
  const messageTo = async (person: Approver, urgency: Message['urgency']): Promise<Message> => {
    const again = await requestAgainUrl(deps, action, person, deps.now());
    const question = isAsked(action, person, notice)
      ? await questionUrl(deps, action, person)
      : null;
    const retry = await retryUndoUrl(deps, action, person, deps.now());
    return {
      key: `${kindOf(action, notice)}-${actionId}-${notice.since ?? sinceEntry(action)}-${person.id}`,
      to: { kind: 'person', ...person },
      urgency,
      ...(alert && { severity: asRaised(alert, action).severity.label }),
      ...(urgency === 'page' && notice.always && { always: notice.always }),
      ends: questionsTo(action, person),
      subject: notice.subject,
      paragraphs: notice.paragraphs,
      facts,
      steps: notice.steps,
      links: [
        ...(question ? [{ label: LINKS.decideOn(action), url: question }] : []),
        ...(again ? [{ label: LINKS.requestAgain, url: again }] : []),
        ...(retry ? [{ label: LINKS.retryUndo, url: retry }] : []),
      ],
      incidentId,
      actionId,
    };
  };
  const others = isNotified(action)
    ? []
    : askedOf(action).filter(({ id }) => !notice.to.some((one) => one.id === id));
  const messages = await Promise.all([
    ...notice.to.map((person) => messageTo(person, notice.urgency ?? 'page')),
    // People who were asked and are no longer needed.
    ...others.map((person) => messageTo(person, 'inform')),
  ]);
  const sent = await sendAll(deps.send, messages, deps.log);
  await recordNotified(deps, action, messages, sent);
  return { incidentId, actionId, told: messages.length - sent.unreached.length };
}

/** Only news reaches people while they are being asked. */
const isAsked = (action: Action, { id }: Approver, { to }: Notice): boolean =>
  owesNews(action) && to.some((one) => one.id === id);

/** True when people were notified after the decision. */
function isNotified({ history }: Action): boolean {
  const last = (name: string) => history.findLastIndex(({ event }) => event === name);
  return last('told') > Math.max(last('approved'), last('declined'));
}

/**
 * Part of the message key. An acknowledged page with the same key does not page again; an action that should be undone
 * by now has its own kind, so that it does.
 */
const kindOf = ({ status }: Action, { urgency, always }: Notice): string => {
  if (urgency) return 'decided';
  return always ? `not-undone-${status}` : status;
};

/** Index of the history entry that set the status, so that a repeated message has the same key. */
const sinceEntry = ({ history, status }: Action) =>
  Math.max(
    0,
    history.findLastIndex(({ event }) => event === status),
  );

/** The ticket's name, or a text for people if it can't be opened: the message must go out in any case. */
async function ticketFor(
  { openTicket, log }: NotifyDeps,
  { incidentId, actionId }: Action,
): Promise<string> {
  try {
    return await openTicket(incidentId);
  } catch (error) {
    log('error', 'ticket not opened', { incidentId, actionId, ...errorFields(error) });
    return 'No ticket could be opened.';
  }
}

const ENDS_WHEN_NOTIFIED: readonly Action['status'][] = ['handed-off', 'expired'];

/** Records who was notified. For a hand-off or an expired request, this ends the sweeper's checks. */
async function recordNotified(
  { store, now }: NotifyDeps,
  { incidentId, actionId }: Action,
  messages: readonly Message[],
  sent: Sent,
) {
  const missed = [...sent.unreached, ...sent.held];
  const reached = messages.filter((message) => !missed.includes(message));
  const names = reached.flatMap(({ to }) => (to.kind === 'person' ? to.name : [])).join(', ');
  const text =
    messages.length > 0
      ? `Notified ${names || 'no one yet'}${troubleIn(sent)}`
      : 'Notified no one: the ticket says that this harmless action was not done';
  await store.records.changeAction(incidentId, actionId, (current) => ({
    ...withEntry(current, { at: now(), by: 'notify', event: 'told', text }),
    attentionAt: ENDS_WHEN_NOTIFIED.includes(current.status) ? null : current.attentionAt,
  }));
}
