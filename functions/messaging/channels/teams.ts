// Microsoft Teams: posts an Adaptive Card to a Workflows webhook.
import * as z from 'zod/mini';
import { oneLine } from '../../domain/wording.ts';
import { callHttp, type HttpClients, type Service } from '../../platform/http.ts';
import { type Secret, withSecret } from '../../platform/secret.ts';
import type { Message } from '../message.ts';
import { CHANNEL_RETRY_LIMITS, type Channel } from './channel.ts';
import { bytesOf, fittingMessage } from './fitting-message.ts';

/** The URL itself is the secret: anyone who knows it can post. */
export const TeamsWebhook = z.url({ protocol: /^https$/ });

export type TeamsDeps = { clients: HttpClients; webhook: Secret<string> };

/** Workflows answer 202 without a body. @see https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook */
const SERVICE: Service = {
  name: 'Teams',
  codeOf: () => undefined,
  errorsByCode: {},
  retryLimits: CHANNEL_RETRY_LIMITS,
};

export const teams = ({ clients, webhook }: TeamsDeps): Channel => ({
  name: 'Teams',
  isPrivate: false,
  accepts: ({ to }) => to.kind === 'team',
  send: (message) =>
    withSecret(webhook, async (url) => {
      await callHttp(clients, SERVICE, {
        what: 'posting to Teams',
        ids: { key: message.key },
        method: 'POST',
        url,
        body: asPost(message),
        answer: z.unknown(),
        repeatable: true,
        secret: url,
      });
    }),
});

/** Teams accepts about 28 KB. */
const MAX_BYTES = 27_000;

const asPost = (message: Message) => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: asCard(message),
    },
  ],
});

export const asCard = (message: Message) =>
  rendered(fittingMessage(message, (one) => bytesOf(rendered(one)) <= MAX_BYTES));

/**
 * Text blocks and fact sets parse Markdown, so an attacker could write a link there. Rich text runs do not parse it.
 * @see https://adaptivecards.io/explorer/TextRun.html
 */
function rendered({ subject, paragraphs: [first = '', ...rest], facts, steps }: Message) {
  const run = (words: string, bold = false) => ({
    type: 'TextRun',
    text: words,
    ...(bold && { weight: 'Bolder' }),
  });
  const block = (...inlines: object[]) => ({ type: 'RichTextBlock', inlines });
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    // Without this, Teams shows the card in a narrow column.
    msteams: { width: 'Full' },
    body: [
      block({ ...run(oneLine(subject), true), size: 'Medium' }),
      block(run(first)),
      ...facts.map(({ label, value }) => block(run(`${label}: `, true), run(value))),
      ...steps.flatMap(({ title, lines }) => [
        block(run(title, true)),
        block({ ...run(lines.join('\n')), fontType: 'Monospace' }),
      ]),
      ...(rest.length > 0 ? [block(run(rest.join('\n\n')))] : []),
    ],
  };
}
