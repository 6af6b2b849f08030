// A message as Slack shows it: blocks of text as it stands, and buttons where the reader may answer right there.

import { oneLine } from '../../domain/wording.ts';
import { SLACK_ANSWERS } from '../../policy/schemas/channels.ts';
import type { Message } from '../message.ts';
import { shortened } from './channel.ts';

/** Slack's own limit of a header; and ours for one piece of text, so that all of it stays below what Slack takes. */
const MAX_HEADER = 150;
const MAX_PIECE = 2_000;

/**
 * Rich text takes text as it stands: what an attacker wrote can be no link, no mention and no format, whatever it holds.
 * Only `text`, which notifications show, is read as mrkdwn, and is escaped.
 * @see https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
export function asBlocks({ subject, paragraphs, facts, steps, links, answerToken }: Message) {
  const [first = '', ...rest] = paragraphs;
  const header = label(shortened(oneLine(subject), MAX_HEADER));
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
      ...(answerToken ? [answers(answerToken, header.text)] : []),
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** What a question comes to, in its place: without what it asked, and without buttons. */
export const asOutcome = ({ paragraphs: [first = ''], ...message }: Message) =>
  asBlocks({
    ...message,
    paragraphs: [first],
    facts: [],
    steps: [],
    links: [],
    answerToken: undefined,
  });

/**
 * After the facts, so that they are read first; and a yes is asked for twice, because thumbs slip at night.
 * @see https://docs.slack.dev/reference/block-kit/block-elements/button-element
 */
const answers = (value: string, question: string) => ({
  type: 'actions',
  elements: [
    {
      type: 'button',
      action_id: SLACK_ANSWERS.approve,
      style: 'primary',
      text: label('Approve'),
      value,
      confirm: {
        title: label('Approve it?'),
        text: label(question),
        confirm: label('Approve'),
        deny: label('Not yet'),
      },
    },
    {
      type: 'button',
      action_id: SLACK_ANSWERS.decline,
      style: 'danger',
      text: label('Decline'),
      value,
    },
  ],
});
const label = (words: string) => ({ type: 'plain_text', text: words, emoji: false });

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
