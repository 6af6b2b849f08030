// Messages on their way: a person gets e-mail through SES, the team its SNS topic.
import type { SESv2 } from '@aws-sdk/client-sesv2';
import type { SNS } from '@aws-sdk/client-sns';
import { html } from 'hono/html';
import { aws } from '../audit/aws-errors.ts';
import { oneLine } from '../domain/wording.ts';
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
          // A topic has many readers, and a link decides in one person's name.
          Message: asText({ ...message, links: [] }),
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
            Subject: { Data: oneLine(message.subject, 100), Charset: 'UTF-8' },
            Headers: message.urgency === 'page' ? URGENT : [],
            Body: {
              Text: { Data: asText(message), Charset: 'UTF-8' },
              Html: { Data: body, Charset: 'UTF-8' },
            },
          },
        },
      }),
    );
  };

/** Mail programs show these, and filters let them through at night. */
const URGENT = [
  { Name: 'Importance', Value: 'high' },
  { Name: 'X-Priority', Value: '1' },
];

/** SNS takes subjects of printable ASCII only, of fewer than 100 characters. @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const ascii = (text: string) => oneLine(text, 99).replace(/[^\x20-\x7e]/g, '?');

function asText({ paragraphs, links }: Message): string {
  return [...paragraphs, ...links.map(({ label, url }) => `${label}:\n${url}`)].join('\n\n');
}

const BUTTON =
  'display:inline-block;padding:14px 22px;border-radius:10px;background:#0a5a9c;color:#ffffff;font-weight:bold;text-decoration:none';

async function asHtml({ paragraphs, links }: Message): Promise<string> {
  const page =
    await html`<!doctype html><html lang="en"><head><meta name="color-scheme" content="light dark"></head><body style="font:17px/1.5 system-ui,sans-serif;max-width:38em">
${paragraphs.slice(0, 1).map(paragraph)}
${links.map(({ label, url }) => html`<p><a href="${url}" style="${BUTTON}">${label}</a></p>`)}
${paragraphs.slice(1).map(paragraph)}
</body></html>`;
  return page.toString();
}

const paragraph = (text: string) =>
  html`<p style="white-space:pre-line;overflow-wrap:anywhere">${text}</p>`;
