// Messages on their way: a person gets e-mail through SES, the team its SNS topic.
import type { SESv2 } from '@aws-sdk/client-sesv2';
import type { SNS } from '@aws-sdk/client-sns';
import { html } from 'hono/html';
import { aws } from '../audit/aws-errors.ts';
import type { Message, Send } from './message.ts';

export type ChannelClients = {
  ses: Pick<SESv2, 'sendEmail'>;
  sns: Pick<SNS, 'publish'>;
  /** A verified identity of SES. */
  mailFrom: string;
  teamTopicArn: string;
};

export const createSend =
  ({ ses, sns, mailFrom, teamTopicArn }: ChannelClients): Send =>
  async (message) => {
    const ids = { key: message.key };
    if (message.to.kind === 'team') {
      await aws('telling the team', ids, () =>
        sns.publish({
          TopicArn: teamTopicArn,
          Subject: ascii(message.subject),
          Message: asText(message),
        }),
      );
      return;
    }
    const { email } = message.to;
    const body = await asHtml(message);
    await aws('sending an e-mail', ids, () =>
      ses.sendEmail({
        FromEmailAddress: mailFrom,
        Destination: { ToAddresses: [email] },
        Content: {
          Simple: {
            Subject: { Data: message.subject, Charset: 'UTF-8' },
            Body: {
              Text: { Data: asText(message), Charset: 'UTF-8' },
              Html: { Data: body, Charset: 'UTF-8' },
            },
          },
        },
      }),
    );
  };

/** SNS takes subjects of printable ASCII only. */
const ascii = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);

function asText({ paragraphs, links }: Message): string {
  return [...paragraphs, ...links.map(({ label, url }) => `${label}:\n${url}`)].join('\n\n');
}

async function asHtml({ paragraphs, links }: Message): Promise<string> {
  const page = await html`<!doctype html><html lang="en"><body style="font:16px/1.5 sans-serif">
${links.map(({ label, url }) => html`<p><a href="${url}">${label}</a></p>`)}
${paragraphs.map((text) => html`<p style="white-space:pre-line">${text}</p>`)}
</body></html>`;
  return page.toString();
}
