// send_analyst_notification: a message to the on-call analysts.

import * as z from 'zod/mini';
import type { Approver } from '../../domain/approval.ts';
import { NotFound, Unavailable } from '../../domain/errors.ts';
import { quoted } from '../../domain/wording.ts';
import type { Message, Send } from '../../messaging/message.ts';
import { defineMechanism, type MechanismInfo, type Subject } from '../mechanism.ts';

export type MessageClients = { send: Send; onCall: readonly Approver[] };

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
      sendToEach(clients, subject, 'tell', {
        urgency: 'page',
        subject: `Please look at an alert in account ${subject.account}`,
        paragraphs: [
          `Incident ${subject.incidentId}, account ${subject.account}, ${subject.region}.\nThe analysis recommends that you look at this alert. Nothing waits for your decision.`,
        ],
      }),
    // The channels accepted the message. No channel reports whether it was read.
    verify: async () => ({ holds: true, found: 'The message was accepted for delivery' }),
    revert: (subject) =>
      sendToEach(clients, subject, 'withdraw', {
        urgency: 'inform',
        subject: `Withdrawn: the alert in account ${subject.account}`,
        paragraphs: [`The message about incident ${subject.incidentId} is withdrawn.`],
      }),
    verifyReverted: async () => ({
      holds: true,
      found: 'The withdrawal was accepted for delivery',
    }),
  }),
});

type What = 'tell' | 'withdraw';
const keyOf = (what: What, { actionId }: Subject, to: string) => `${what}-${actionId}-${to}`;

/** A failing recipient doesn't stop the others. Throws Unavailable if no analyst received the message. */
async function sendToEach(
  { send, onCall }: MessageClients,
  subject: Subject,
  what: What,
  text: Pick<Message, 'urgency' | 'subject' | 'paragraphs'>,
): Promise<void> {
  const { incidentId, actionId, target } = subject;
  if (onCall.length === 0)
    throw new NotFound('the escalation policy names no one for its first step', { actionId });
  const messageTo = (to: Message['to'], id: string): Message => ({
    key: keyOf(what, subject, id),
    to,
    ends: what === 'withdraw' ? [keyOf('tell', subject, id)] : [],
    ...text,
    facts: [{ label: 'Finding', value: quoted(target.value) }],
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
