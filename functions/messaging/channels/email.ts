// Email through SES, in plain text and in HTML.
import type { SESv2 } from '@aws-sdk/client-sesv2';
import { html } from 'hono/html';
import { oneLine } from '../../domain/wording.ts';
import { aws } from '../../platform/aws-errors.ts';
import { mailTags } from '../mail-tags.ts';
import type { Message } from '../message.ts';
import { asText, type Channel } from './channel.ts';
import { bytesOf, fittingMessage } from './fitting-message.ts';

export type MailClients = {
  ses: Pick<SESv2, 'sendEmail'>;
  /** A verified identity of SES. */
  mailFrom: string;
  /** The configuration set that reports bounces. */
  configurationSet?: string;
};

/** Gmail shows the first 102 KB of an email and hides the rest. In HTML, a text takes up to twice its size. */
const MAX_TEXT_BYTES = 45_000;

/** @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html */
export const email = ({ ses, mailFrom, configurationSet }: MailClients): Channel => ({
  name: 'email',
  isPrivate: true,
  accepts: ({ to }) => to.kind === 'person',
  send: async (given) => {
    if (given.to.kind !== 'person') return;
    const message = fittingMessage(given, (one) => bytesOf(asText(one)) <= MAX_TEXT_BYTES);
    const ToAddresses = [given.to.email];
    const page = await asHtml(message);
    await aws('sending an email', { key: message.key }, () =>
      ses.sendEmail({
        FromEmailAddress: mailFrom,
        ...(configurationSet && {
          ConfigurationSetName: configurationSet,
          EmailTags: mailTags(message),
        }),
        Destination: { ToAddresses },
        Content: {
          Simple: {
            Subject: { Data: oneLine(message.subject, 100), Charset: 'UTF-8' },
            Headers: message.urgency === 'page' ? URGENT : [],
            Body: {
              Text: { Data: asText(message), Charset: 'UTF-8' },
              Html: { Data: page, Charset: 'UTF-8' },
            },
          },
        },
      }),
    );
  },
});

/** Mail programs show these, and filters let them through at night. */
const URGENT = [
  { Name: 'Importance', Value: 'high' },
  { Name: 'X-Priority', Value: '1' },
];

const BUTTON =
  'display:inline-block;padding:14px 22px;border-radius:10px;background:#0a5a9c;color:#ffffff;font-weight:bold;text-decoration:none';

async function asHtml({ paragraphs: [first = '', ...rest], facts, steps, links }: Message) {
  const page =
    await html`<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head><body style="font:17px/1.5 system-ui,sans-serif;max-width:38em">
${paragraph(first)}
${links.map(({ label, url }) => html`<p><a href="${url}" style="${BUTTON}">${label}</a></p>`)}
${facts.map(({ label, value }) => html`<p style="${TEXT}"><b>${label}</b><br>${value}</p>`)}
${steps.map(({ title, lines }) => html`<p><b>${title}</b></p>${lines.map((line) => html`<pre style="${COMMANDS}">${line}</pre>`)}`)}
${rest.map(paragraph)}
</body></html>`;
  return page.toString();
}

const COMMANDS = 'font:14px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere';
const TEXT = 'white-space:pre-line;overflow-wrap:anywhere';
const paragraph = (text: string) => html`<p style="${TEXT}">${text}</p>`;
