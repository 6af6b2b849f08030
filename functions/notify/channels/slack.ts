// Slack: a direct message to a person, or a post into the team's channel.
import { z } from 'zod';
import { Denied, NotFound, Throttled, Unavailable } from '../../domain/errors.ts';
import { oneLine } from '../../domain/wording.ts';
import { callHttp, type HttpClients, type Service } from '../../remote/http.ts';
import { type Secret, withSecret } from '../../remote/secret.ts';
import type { Message } from '../message.ts';
import { type Channel, PATIENCE, shortened } from './channel.ts';

export const SLACK_URL = 'https://slack.com/api';

/** A bot token; anything else is refused before it is sent anywhere. */
export const SlackToken = z.string().regex(/^xox[a-z]-[\w-]{10,}$/);

export type SlackDeps = {
  clients: HttpClients;
  token: Secret<string>;
  /** For a person the member's id, which makes it a direct message; for the team the channel's id. Null: no address. */
  addressOf: (message: Message) => string | null;
  isPrivate: boolean;
  url?: string;
};

/** Refusals come with status 200. @see https://docs.slack.dev/reference/methods/chat.postMessage */
const Refusal = z.object({ ok: z.literal(false), error: z.string().regex(/^[a-z_]{1,64}$/) });
const SERVICE: Service = {
  name: 'Slack',
  codeOf: (body) => Refusal.safeParse(body).data?.error,
  kinds: {
    ...kinds(Throttled, 'ratelimited', 'rate_limited', 'message_limit_exceeded'),
    ...kinds(Denied, 'invalid_auth', 'not_authed', 'token_expired', 'token_revoked'),
    ...kinds(Denied, 'account_inactive', 'missing_scope', 'no_permission', 'access_denied'),
    ...kinds(Denied, 'restricted_action', 'team_access_not_granted', 'ekm_access_denied'),
    ...kinds(NotFound, 'channel_not_found', 'user_not_found', 'not_in_channel', 'is_archived'),
    ...kinds(NotFound, 'cannot_dm_bot', 'user_disabled'),
    ...kinds(Unavailable, 'internal_error', 'fatal_error', 'service_unavailable'),
    ...kinds(Unavailable, 'request_timeout', 'team_added_to_org'),
  },
  patience: PATIENCE,
};

function kinds(kind: Service['kinds'][string], ...codes: string[]): Service['kinds'] {
  return Object.fromEntries(codes.map((code) => [code, kind]));
}

const Posted = z.object({ ok: z.literal(true), ts: z.string() });

export const slack = ({ clients, token, addressOf, isPrivate, url }: SlackDeps): Channel => ({
  name: 'Slack',
  isPrivate,
  takes: (message) => addressOf(message) !== null,
  send: async (message) => {
    const channel = addressOf(message);
    if (!channel) return;
    await withSecret(token, (bearer) =>
      callHttp(clients, SERVICE, {
        what: 'posting to Slack',
        ids: { key: message.key },
        method: 'POST',
        url: `${url ?? SLACK_URL}/chat.postMessage`,
        headers: { Authorization: `Bearer ${bearer}` },
        body: { channel, ...asBlocks(message) },
        answer: Posted,
        // Slack knows no key of ours: a lost answer may show the message twice, which is better than not at all.
        repeatable: true,
        secret: bearer,
      }),
    );
  },
});

/** Slack's own limit of a header; and ours for one piece of text, so that all of it stays below what Slack takes. */
const MAX_HEADER = 150;
const MAX_PIECE = 2_000;

/**
 * Rich text takes text as it stands: what an attacker wrote can be no link, no mention and no format, whatever it holds.
 * Only `text`, which notifications show, is read as mrkdwn, and is escaped.
 * @see https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
export function asBlocks({ subject, paragraphs, facts, steps, links }: Message) {
  const [first = '', ...rest] = paragraphs;
  const header = {
    type: 'plain_text',
    text: shortened(oneLine(subject), MAX_HEADER),
    emoji: false,
  };
  const elements = [
    section(text(first)),
    // No button: it would have to be answered by an app, and this opens a page.
    ...links.map(({ label, url }) => section({ type: 'link', url, text: label, style: BOLD })),
    ...facts.map(({ label, value }) => section(text(`${label}: `, BOLD), text(value))),
    ...steps.flatMap(({ title, lines }) => [
      section(text(title, BOLD)),
      { type: 'rich_text_preformatted', elements: [text(lines.join('\n'))] },
    ]),
    ...rest.map((paragraph) => section(text(paragraph))),
  ];
  return {
    text: escaped(oneLine(subject)),
    blocks: [
      { type: 'header', text: header },
      { type: 'rich_text', elements },
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

const BOLD = { bold: true };
const text = (words: string, style?: object) => ({
  type: 'text',
  text: shortened(words, MAX_PIECE),
  ...(style && { style }),
});
/** Sections follow each other without a gap; each ends its own line. */
const section = (...elements: object[]) => ({
  type: 'rich_text_section',
  elements: [...elements, text('\n')],
});

/** @see https://docs.slack.dev/messaging/formatting-message-text#escaping */
const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
