// send_analyst_notification: a message to the on-call analysts.

import * as z from 'zod/mini';
import type { Approver } from '../../domain/approval.ts';
import { NotFound, Unavailable } from '../../domain/errors.ts';
import { oneLine } from '../../domain/wording.ts';
import { type Message, notificationKey, type Send, severityPage } from '../../messaging/message.ts';
import { defineMechanism, type MechanismInfo, type Subject } from '../mechanism.ts';
import type { Ticket, TicketWriter } from '../ticket/ticket-provider.ts';

export type MessageClients = TicketWriter & { send: Send; onCall: readonly Approver[] };

const Before = z.strictObject({ looked: z.literal(true) });

export const notifyAnalystInfo: MechanismInfo = {
  id: 'message.notification',
  version: 2,
  action: 'send_analyst_notification',
  scope: 'message',
  targetKinds: ['alert'],
  quota: 'the sending rates of SES and of the channels in policy',
  effects: () => [{}],
  effectKey: ({ actionId }) => `message:${actionId}`,
  describe: () => ({
    headline: 'Notify the on-call analyst about this incident',
    changes: [
      'Send one message to each on-call analyst and one to the team, through each of their channels',
    ],
    affected: ['The on-call analysts, who are paged'],
    undo: 'Sends a follow-up through the same channels that withdraws the message and ends the page',
    manualUndo: [],
  }),
};

export const notifyAnalyst = /* @__PURE__ */ defineMechanism<
  MessageClients,
  z.infer<typeof Before>
>(notifyAnalystInfo, {
  before: Before,
  alreadyInPlace: () => false,
  connect: (clients) => ({
    capture: async () => ({ looked: true }),
    apply: (subject) =>
      sendToEach(clients, subject, 'tell', ({ title, body }) => ({
        urgency: 'page',
        subject: oneLine(title, 99),
        paragraphs: [body],
      })),
    // The channels accepted the message. No channel reports whether it was read.
    verify: async () => ({ holds: true, found: 'The message was accepted for delivery' }),
    revert: (subject) =>
      sendToEach(clients, subject, 'withdraw', ({ title, incidentId }) => ({
        urgency: 'inform',
        subject: oneLine(`Withdrawn: ${title}`, 99),
        paragraphs: [`The message about incident ${incidentId} is withdrawn.`],
      })),
    verifyReverted: async () => ({
      holds: true,
      found: 'The withdrawal was accepted for delivery',
    }),
  }),
});

type What = 'tell' | 'withdraw';
const keyOf = (what: What, { actionId }: Subject, to: string) =>
  what === 'tell' ? notificationKey(actionId, to) : `${what}-${actionId}-${to}`;

/** A failing recipient doesn't stop the others. Throws Unavailable if no analyst received the message. */
async function sendToEach(
  { send, onCall, writeTicket }: MessageClients,
  subject: Subject,
  what: What,
  textFrom: (ticket: Ticket) => Pick<Message, 'urgency' | 'subject' | 'paragraphs'>,
): Promise<void> {
  const { incidentId, actionId } = subject;
  if (onCall.length === 0)
    throw new NotFound('the escalation policy names no one for its first step', { actionId });
  const ticket = await writeTicket(incidentId, 'message');
  const messageTo = (to: Message['to'], id: string): Message => ({
    key: keyOf(what, subject, id),
    to,
    ends: what === 'withdraw' ? [keyOf('tell', subject, id)] : [],
    severity: ticket.severity,
    // One page for each incident, and one more when its severity rises.
    ...(what === 'tell' && {
      once: severityPage(incidentId, ticket.severity),
      canWait: true as const,
    }),
    ...textFrom(ticket),
    facts: [],
    steps: [],
    links: [],
    incidentId,
    actionId,
  });
  const toAnalysts = onCall.map((person) =>
    send(messageTo({ kind: 'person', ...person }, person.id)),
  );
  // The result of the team's message is ignored: an analyst must be reached in person.
  const toTeam = send(messageTo({ kind: 'team' }, 'team'));
  const [sent] = await Promise.all([Promise.allSettled(toAnalysts), Promise.allSettled([toTeam])]);
  const [failed] = sent.filter((one) => one.status === 'rejected');
  if (failed && sent.every(({ status }) => status === 'rejected'))
    throw new Unavailable('no on-call analyst could be notified', { actionId }, failed.reason);
}
