// Events of Amazon SES about an email that did not arrive.
import { mailTags } from '../../functions/messaging/mail-tags.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { NOW, POLICY } from '../fixtures/case.ts';

const DETAIL_TYPES = {
  Bounce: 'Email Bounced',
  Complaint: 'Email Complaint Received',
  Reject: 'Email Rejected',
  DeliveryDelay: 'Email Delivery Delayed',
} as const;

/** @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html */
export function mailEvent(
  message: Pick<Message, 'to' | 'incidentId' | 'actionId' | 'lists'>,
  {
    eventType = 'Bounce',
    bounceType = 'Permanent',
    messageId = '0100019-email-1',
  }: { eventType?: keyof typeof DETAIL_TYPES; bounceType?: string; messageId?: string } = {},
) {
  const address = message.to.kind === 'person' ? message.to.email : '';
  const timestamp = NOW.toISOString();
  const tags = Object.fromEntries(mailTags(message).map(({ Name, Value }) => [Name, [Value]]));
  return {
    version: '0',
    id: '7bf73129-1428-4cd3-a780-95db273d1602',
    'detail-type': DETAIL_TYPES[eventType],
    source: 'aws.ses',
    account: POLICY.account,
    time: timestamp,
    region: 'eu-central-1',
    resources: [`arn:aws:ses:eu-central-1:${POLICY.account}:configuration-set/countermand-mail`],
    detail: {
      eventType,
      ...(eventType === 'Bounce' && {
        bounce: {
          bounceType,
          bounceSubType: 'General',
          bouncedRecipients: [
            {
              emailAddress: address,
              action: 'failed',
              status: '5.1.1',
              diagnosticCode: 'smtp; 550 5.1.1 user unknown',
            },
          ],
          timestamp,
          feedbackId: '0100019-feedback',
          reportingMTA: 'dsn; mta.example.com',
        },
      }),
      ...(eventType === 'Complaint' && {
        complaint: { complainedRecipients: [{ emailAddress: address }], timestamp },
      }),
      ...(eventType === 'Reject' && { reject: { reason: 'Bad content' } }),
      ...(eventType === 'DeliveryDelay' && {
        deliveryDelay: { timestamp, delayType: 'TransientCommunicationFailure' },
      }),
      mail: {
        timestamp,
        source: 'countermand@example.com',
        sendingAccountId: POLICY.account,
        messageId,
        destination: [address],
        headersTruncated: false,
        headers: [{ name: 'To', value: address }],
        commonHeaders: { to: [address], messageId },
        tags: {
          'ses:configuration-set': ['countermand-mail'],
          'ses:operation': ['SendEmail'],
          ...tags,
        },
      },
    },
  };
}
