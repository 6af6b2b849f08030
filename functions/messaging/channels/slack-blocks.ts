// Renders a message as Slack blocks, with buttons where the reader may answer.
import { oneLine, shortened } from '../../domain/wording.ts';
import { SLACK_ANSWERS } from '../../policy/schemas/channels.ts';
import type { Message } from '../message.ts';
import { fittingMessage } from './fitting-message.ts';

const MAX_HEADER = 150;
/**
 * Slack rejects blocks of more than about 13,200 characters, and documents no limit for rich text. It doesn't say what
 * counts, so this is the length of the JSON.
 * @see https://github.com/slackapi/bolt-js/issues/2509
 */
const MAX_BLOCKS = 12_000;

/**
 * Slack does not parse rich text, so an attacker's text cannot become a link, a mention or a format. Slack parses only
 * `text`, the notification, as mrkdwn: it is escaped.
 * @see https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
export const asBlocks = (message: Message) =>
  rendered(
    fittingMessage(message, (one) => JSON.stringify(rendered(one).blocks).length <= MAX_BLOCKS),
  );

function rendered({ subject, paragraphs, facts, steps, links, answerToken }: Message) {
  const [first = '', ...rest] = paragraphs;
  const header = label(shortened(oneLine(subject), MAX_HEADER));
  const elements = [
    section(text(first)),
    // A link, not a button: Slack expects an app to answer a button, and this opens a page.
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

/** Replaces a question with its outcome, without the facts and the buttons. */
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
 * Below the facts, so that they are read first. Approve asks for confirmation, because it is easy to tap by mistake.
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
        title: label('Approve this?'),
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
  text: words,
  ...(style && { style }),
});
/** Slack puts no line break between sections, so each one ends with its own. */
const section = (...elements: object[]) => ({
  type: 'rich_text_section',
  elements: [...elements, text('\n')],
});

/** @see https://docs.slack.dev/messaging/formatting-message-text#escaping */
const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
