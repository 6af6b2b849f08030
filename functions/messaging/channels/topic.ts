// Publishes the team's messages to the SNS topic.
import type { SNS } from '@aws-sdk/client-sns';
import { oneLine } from '../../domain/wording.ts';
import { aws } from '../../platform/aws-errors.ts';
import { asText, type Channel } from './channel.ts';
import { bytesOf, fittingMessage } from './fitting-message.ts';

export type TopicClients = { sns: Pick<SNS, 'publish'>; teamTopicArn: string };

/** SNS accepts 256 KiB. */
const MAX_BYTES = 250_000;

/** @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export const topic = ({ sns, teamTopicArn }: TopicClients): Channel => ({
  name: 'the SNS topic',
  isPrivate: false,
  accepts: ({ to }) => to.kind === 'team',
  send: async (message) => {
    await aws('notifying the team', { key: message.key }, () =>
      sns.publish({
        TopicArn: teamTopicArn,
        Subject: ascii(message.subject),
        Message: asText(fittingMessage(message, (one) => bytesOf(asText(one)) <= MAX_BYTES)),
      }),
    );
  },
});

/** SNS accepts subjects in printable ASCII of fewer than 100 characters. */
const ascii = (text: string) => oneLine(text, 99).replace(/[^\x20-\x7e]/g, '?');
