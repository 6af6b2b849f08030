// Text messages: the headline and the deadline, without a link.
import type { PinpointSMSVoiceV2 } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { oneLine, unlinked } from '../../domain/wording.ts';
import { aws } from '../../platform/aws-errors.ts';
import type { Message } from '../message.ts';
import { LINK_ELSEWHERE } from '../texts/labels.ts';
import type { Channel } from './channel.ts';
import { fitting, inGsm, septetsOf } from './gsm.ts';

export type SmsClients = { texting: Pick<PinpointSMSVoiceV2, 'sendTextMessage'> };
export type SmsDeps = SmsClients & {
  from: string;
  /** In E.164; null if policy has no number. */
  numberOf: (message: Message) => string | null;
};

/** Two parts of 153 septets each: more parts are less reliable and may arrive in any order. */
const MAX_SEPTETS = 2 * 153;
/** A later page is useless. The service itself would try for 72 hours. */
const VALID_SECONDS = 15 * 60;

/**
 * Not private: a link would not fit, and a lock screen would show it. A recipient who got only a text message counts as
 * not reached.
 *
 * @see https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
 */
export const sms = ({ texting, from, numberOf }: SmsDeps): Channel => ({
  name: 'SMS',
  isPrivate: false,
  accepts: (message) => message.urgency === 'page' && numberOf(message) !== null,
  send: async (message) => {
    const DestinationPhoneNumber = numberOf(message);
    if (!DestinationPhoneNumber) return;
    await aws('sending a text message', { key: message.key }, () =>
      texting.sendTextMessage({
        DestinationPhoneNumber,
        OriginationIdentity: from,
        MessageBody: asShortText(message),
        MessageType: 'TRANSACTIONAL',
        TimeToLive: VALID_SECONDS,
      }),
    );
  },
});

/** The headline, the last line of the first paragraph (the deadline), and where the link is. */
export function asShortText({
  subject,
  paragraphs,
}: Pick<Message, 'subject' | 'paragraphs'>): string {
  const head = `Countermand: ${gsmLine(subject)}.`;
  const where = paragraphs.includes(LINK_ELSEWHERE) ? ` ${LINK_ELSEWHERE}` : '';
  const clock = gsmLine(paragraphs[0]?.split('\n').at(-1) ?? '');
  const room = MAX_SEPTETS - septetsOf(head) - septetsOf(where) - 1;
  return `${fitting(head, MAX_SEPTETS - septetsOf(where))} ${fitting(clock, room)}`.trim() + where;
}

/** Phones turn text that looks like a host name into a link. */
const gsmLine = (text: string): string =>
  inGsm(unlinked(oneLine(text))).replace(/(?<=[a-z0-9-])\.(?=[a-z]{2})/gi, '[.]');
