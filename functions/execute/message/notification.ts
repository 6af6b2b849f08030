// send_analyst_notification: a message to the on-call analysts of policy, withdrawn by a second one.
import { z } from 'zod';
import type { Approver } from '../../domain/action.ts';
import { NotFound, Unavailable } from '../../domain/errors.ts';
import type { Message, Send } from '../../notify/message.ts';
import type { Mechanism, Subject } from '../mechanism.ts';

export type MessageClients = { send: Send; onCall: readonly Approver[] };

const Before = z.strictObject({ looked: z.literal(true) });

export const notifyAnalyst: Mechanism<MessageClients, z.infer<typeof Before>> = {
  id: 'message.notification',
  version: 1,
  action: 'send_analyst_notification',
  scope: 'message',
  targetKinds: ['alert'],
  permissions: ['ses:SendEmail', 'sns:Publish'],
  quota: 'The sending rate of SES in the account',
  effects: () => [{}],
  effectKey: ({ actionId }) => `message:${actionId}`,
  describe: ({ incidentId }) => ({
    headline: `Tell the on-call analyst about incident ${incidentId}`,
    changes: ['One message goes to each on-call analyst'],
    affected: ['The on-call analysts are interrupted'],
    undo: 'A follow-up message says that it is withdrawn',
    manualUndo: [],
  }),
  before: Before,
  wasThere: () => false,
  connect: (clients) => ({
    capture: async () => ({ looked: true }),
    apply: (subject) =>
      toEach(clients, subject, 'tell', 'A security alert needs your eyes', [
        `Incident ${subject.incidentId}: ${subject.target.value}.`,
        'It was judged worth telling you. Nothing is waiting for your decision in this message.',
      ]),
    // The channel took it; whether it was read, no channel tells.
    verify: async () => ({ holds: true, found: 'The message was accepted for delivery' }),
    revert: (subject) =>
      toEach(clients, subject, 'withdraw', 'Withdrawn: a security alert', [
        `The message about incident ${subject.incidentId} is withdrawn.`,
      ]),
    verifyReverted: async () => ({
      holds: true,
      found: 'The withdrawal was accepted for delivery',
    }),
  }),
};

/** One failing recipient does not keep the message from the others; it fails when nobody got it. */
async function toEach(
  { send, onCall }: MessageClients,
  { incidentId, actionId }: Subject,
  what: string,
  subject: string,
  paragraphs: string[],
): Promise<void> {
  if (onCall.length === 0)
    throw new NotFound('policy names nobody on the first rung of the ladder', { actionId });
  const messages = onCall.map(
    (person): Message => ({
      key: `${what}-${actionId}-${person.id}`,
      to: { kind: 'person', ...person },
      urgency: 'page',
      subject,
      paragraphs,
      links: [],
      incidentId,
      actionId,
    }),
  );
  const sent = await Promise.allSettled(messages.map(send));
  const [failed] = sent.filter((one) => one.status === 'rejected');
  if (failed && sent.every(({ status }) => status === 'rejected'))
    throw new Unavailable('no on-call analyst could be told', { actionId }, failed.reason);
}
