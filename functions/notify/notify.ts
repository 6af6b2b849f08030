// The notify step: notifies people about an action, or sends a digest.

import * as z from 'zod/mini';
import { type Action, ActionId, IncidentId, lastIndexOf } from '../domain/action.ts';
import type { Approver } from '../domain/approval.ts';
import { NEWS } from '../domain/effect-state.ts';
import { Unavailable } from '../domain/errors.ts';
import { isCheckedForWork } from '../domain/owed-notification.ts';
import { isInTicketOnly } from '../messaging/action-notice.ts';
import { sendDigest } from '../messaging/digest.ts';
import type { Message } from '../messaging/message.ts';
import { revisedQuestion } from '../messaging/revised-question.ts';
import { type Sent, sendAll, sendEach, troubleIn, withFailures } from '../messaging/send-all.ts';
import { Caught, causeText } from '../platform/caught-error.ts';
import { errorFields } from '../platform/log.ts';
import { resolveOnCall } from '../platform/on-call-schedule.ts';
import { othersOf } from '../policy/people.ts';
import { withEntry } from '../store/hash-chain.ts';
import { messageAbout, readersOf, reportedIn } from './compose.ts';
import type { NotifyDeps } from './deps.ts';
import { actionsAround, inOrderOfEnd, type Report, reportOf, reportsToSend } from './reports.ts';

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
  const { records } = deps.store;
  const action = await records.action(incidentId, actionId);
  // The new request tells people more than the old one's end, and the sweeper must still start it.
  if (action.status === 'expired' && action.askedAnew) return { incidentId, actionId, told: 0 };
  const onCall = await resolveOnCall(deps.onCall, deps.policy.escalation, deps.log, deps.now());
  const policy = { ...deps.policy, escalation: onCall.escalation };
  const own = await reportOf(deps, policy, action, failure ? causeText(failure) : null);
  if (!own && isInTicketOnly(action)) await recordNotified(deps, action, [], NO_ONE);
  const actions = await actionsAround(deps, action, own);
  if (!actions) return { incidentId, actionId, told: 0 };
  let told = 0;
  for (const reports of await reportsToSend(deps, policy, { action, own, actions }))
    told += await tell(deps, reports, actions);
  return { incidentId, actionId, told };
}

const NO_ONE: Sent = { unreached: [], notBy: [], held: [], waiting: [], collected: [] };

/** Sends one message about all of the reports to each of their readers. */
async function tell(
  deps: NotifyDeps,
  reports: readonly Report[],
  actions: readonly Action[],
): Promise<number> {
  const withTicket = reports.find(({ notice }) => notice.ticket);
  const ticket = withTicket
    ? [{ label: 'Ticket', value: await ticketFor(deps, withTicket.action) }]
    : [];
  const readers = new Map(reports.flatMap(readersOf).map((person) => [person.id, person]));
  const own = await Promise.all(
    [...readers.values()].map((person) => {
      const [first, ...others] = reports.filter((one) =>
        readersOf(one).some(({ id }) => id === person.id),
      );
      return first ? messageAbout(deps, [first, ...others], person, { ticket, actions }) : [];
    }),
  ).then((all) => all.flat());
  const { sent, messages } = await sendOn(deps, own, {
    others: othersOf(deps.policy.escalation, [...readers.values()]),
    writeTo: async (person) => {
      const theirs = reports.map((one) => ({ ...one, notice: { ...one.notice, to: [person] } }));
      const [first, ...rest] = theirs;
      return first ? [await messageAbout(deps, [first, ...rest], person, { ticket, actions })] : [];
    },
  });
  const revised = await Promise.all(
    [...readers.values()].map((person) =>
      revisedQuestion(deps, reportedIn(reports), person, actions),
    ),
  );
  await sendEach(
    deps.send,
    revised.filter((one) => one !== null),
    deps.log,
  );
  for (const { action } of inOrderOfEnd(reports, deps.now()).toReversed())
    await recordNotified(deps, action, messages, sent);
  return messages.length - sent.unreached.length;
}

/**
 * Sends the messages. If a page reached none of its readers, pages the rest of the escalation policy instead: no later
 * step would. Throws Unavailable if no one was reached.
 */
async function sendOn(
  { send, log }: NotifyDeps,
  own: Message[],
  { others, writeTo }: { others: Approver[]; writeTo: (person: Approver) => Promise<Message[]> },
): Promise<{ sent: Sent; messages: Message[] }> {
  const sent = await sendEach(send, own, log);
  if (own.length === 0 || sent.unreached.length < own.length) return { sent, messages: own };
  const isPage = own.some(({ urgency }) => urgency === 'page');
  const messages = isPage ? (await Promise.all(others.map(writeTo))).flat() : [];
  if (messages.length === 0)
    throw new Unavailable('no recipient could be notified', { key: own[0]?.key });
  const passedOn = await sendAll(send, messages, log);
  const unreached = [...sent.unreached, ...passedOn.unreached];
  return { sent: { ...passedOn, unreached }, messages: [...own, ...messages] };
}

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

const ENDS_WHEN_NOTIFIED: readonly Action['status'][] = [
  'handed-off',
  'expired',
  'declined',
  'observed',
];

/**
 * Records who was notified. This ends the sweeper's checks of an action that changed nothing. If the state changed
 * after it was read, people must still be notified of the new state, so the entry has another name.
 */
async function recordNotified(
  { store, now }: NotifyDeps,
  seen: Action,
  messages: readonly Message[],
  sent: Sent,
) {
  const { incidentId, actionId } = seen;
  const missed = [...sent.unreached, ...sent.held, ...sent.waiting, ...sent.collected];
  const reached = messages.filter((message) => !missed.includes(message));
  const names = reached.flatMap(({ to }) => (to.kind === 'person' ? to.name : [])).join(', ');
  const paged = reached.flatMap(({ to, urgency }) =>
    to.kind === 'person' && urgency === 'page' ? to.id : [],
  );
  const text =
    messages.length > 0
      ? `Notified ${names || 'no one yet'}${troubleIn(sent)}`
      : 'Notified no one: the ticket says that this harmless action was not done';
  await store.records.changeAction(incidentId, actionId, (current) => {
    const by = { at: now(), by: 'notify' };
    const isCurrent = stateOf(current) === stateOf(seen);
    const event = isCurrent ? 'told' : 'told-earlier';
    const isOver = ENDS_WHEN_NOTIFIED.includes(current.status) || isCheckedForWork(current);
    return {
      ...withEntry(withFailures(current, sent, by), { ...by, event, text, people: paged }),
      attentionAt: isCurrent && isOver ? null : current.attentionAt,
    };
  });
}

/** Changes with everything that people must be notified of. */
const stateOf = ({ status, history }: Action): string =>
  `${lastIndexOf(history, status)} ${lastIndexOf(history, NEWS)}`;
