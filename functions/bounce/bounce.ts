// The bounce step: an email that did not arrive moves the escalation on.
import * as z from 'zod/mini';
import { InvalidInput } from '../domain/errors.ts';
import type { Undelivered } from '../domain/undelivered.ts';
import { readMailTags } from '../messaging/mail-tags.ts';
import { undeliveredText } from '../messaging/texts/delivery.ts';
import type { BounceDeps } from './deps.ts';

/**
 * The fields of an SES event that this function reads.
 * @see https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html
 */
export const MailEvent = z.object({
  source: z.literal('aws.ses'),
  account: z.string(),
  detail: z.object({
    eventType: z.enum(['Bounce', 'Complaint', 'Reject', 'DeliveryDelay']),
    bounce: z.optional(z.object({ bounceType: z.string() })),
    mail: z.object({
      messageId: z.string().check(z.minLength(1), z.maxLength(256)),
      destination: z.array(z.string()),
      tags: z.record(z.string(), z.array(z.string())),
    }),
  }),
});
type Detail = z.infer<typeof MailEvent>['detail'];

const WHY: Readonly<Record<Detail['eventType'], Undelivered>> = {
  Bounce: 'bounced',
  Complaint: 'marked-as-spam',
  Reject: 'refused',
  DeliveryDelay: 'delayed',
};

/** Whether later emails to the address will fail, too. A full mailbox or a delay may end without help. */
const isPermanent = ({ eventType, bounce }: Detail): boolean =>
  eventType === 'Bounce' ? bounce?.bounceType === 'Permanent' : eventType !== 'DeliveryDelay';

/**
 * Moves the request on, and notifies the team of an address that no longer works. Anyone who may send email in this
 * account can cause such an event. Its only effect is that people in policy are asked or paged earlier.
 */
export async function bounce(deps: BounceDeps, input: unknown): Promise<void> {
  const { account, detail } = MailEvent.parse(input);
  if (account !== deps.policy.account)
    throw new InvalidInput('the event is from another account', { account });
  const { person: id, about } = readMailTags(detail.mail.tags);
  const { people } = deps.policy.escalation;
  const person = id !== null && Object.hasOwn(people, id) ? people[id] : undefined;
  if (id === null || !person)
    return deps.log('warn', 'bounced email to a person outside policy', {});
  const why = WHY[detail.eventType];
  deps.log('info', 'email not delivered', { person: id, why, about });
  for (const one of about) await deps.askNext({ ...one, bounced: id, why });
  const isCurrent = detail.mail.destination.some(
    (address) => address.toLowerCase() === person.email.toLowerCase(),
  );
  if (!isPermanent(detail) || !isCurrent) return;
  const { messageId } = detail.mail;
  if (!(await deps.store.bounces.admit(id, messageId, deps.now()))) return;
  await deps.send({
    key: `bounced-${id}-${deps.now().toISOString().slice(0, 10)}`,
    to: { kind: 'team' },
    urgency: 'inform',
    ends: [],
    ...undeliveredText(person, why),
    links: [],
    incidentId: 'none',
    actionId: null,
  });
}
