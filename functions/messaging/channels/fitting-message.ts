// Cuts a message to what a channel accepts, and counts what is left out.
import { counted, folded, shortened } from '../../domain/wording.ts';
import type { Message } from '../message.ts';

type Content = Pick<Message, 'paragraphs' | 'facts' | 'steps' | 'links'>;

/** Lines are shortened first, because every part of the message then remains. */
const LINE_LENGTHS = [2_000, 1_000, 500] as const;
const SHORTEST_LINE = 300;
/** The first line of each part, and the count of the others. */
const FEWEST = 2;

/**
 * The message itself if it fits. Otherwise, shortens its lines first, and then leaves out lines, facts, steps and
 * links. A link is never cut. `isFitting` measures what the channel would send.
 */
export function fittingMessage<M extends Content>(message: M, isFitting: (one: M) => boolean): M {
  if (isFitting(message)) return message;
  for (const most of LINE_LENGTHS) {
    const whole = withShortLines(message, most);
    if (isFitting(whole)) return whole;
  }
  const short = withShortLines(message, SHORTEST_LINE);
  let fits: number = FEWEST;
  let tooMany = longestPart(short) + 1;
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (isFitting(withFewer(short, middle))) fits = middle;
    else tooMany = middle;
  }
  return withFewer(short, fits);
}

const linesIn = (text: string): string[] => text.split('\n');
const inRecord = (count: number): string => `and ${count} more in the record`;

function withShortLines<M extends Content>(message: M, most: number): M {
  const short = (text: string) =>
    linesIn(text)
      .map((line) => shortened(line, most))
      .join('\n');
  return {
    ...message,
    paragraphs: message.paragraphs.map(short),
    facts: message.facts.map(({ label, value }) => ({
      label: shortened(label, most),
      value: short(value),
    })),
    steps: message.steps.map(({ title, lines }) => ({
      title: shortened(title, most),
      lines: lines.map(short),
    })),
  };
}

const longestPart = ({ paragraphs, facts, steps, links }: Content): number =>
  Math.max(
    ...[paragraphs, facts, steps, links].map(({ length }) => length),
    ...paragraphs.map((one) => linesIn(one).length),
    ...facts.map(({ value }) => linesIn(value).length),
    ...steps.map(({ lines }) => lines.length),
  );

/** At most `most` of each part, and of the lines in it. The last paragraph counts the parts that are left out. */
function withFewer<M extends Content>(message: M, most: number): M {
  const { paragraphs, facts, steps, links } = message;
  const fewer = (text: string) => folded(linesIn(text), most, inRecord).join('\n');
  const leftOut = [
    { of: paragraphs, noun: 'paragraph' },
    { of: facts, noun: 'detail' },
    { of: steps, noun: 'list of commands', plural: 'lists of commands' },
    { of: links, noun: 'link' },
  ].flatMap(({ of, noun, plural }) =>
    of.length > most ? counted(of.length - most, noun, plural) : [],
  );
  return {
    ...message,
    paragraphs: [
      ...paragraphs.slice(0, most).map(fewer),
      ...(leftOut.length > 0 ? [`Left out in this channel: ${leftOut.join(', ')}.`] : []),
    ],
    facts: facts.slice(0, most).map(({ label, value }) => ({ label, value: fewer(value) })),
    steps: steps
      .slice(0, most)
      .map(({ title, lines }) => ({ title, lines: folded(lines, most, inRecord) })),
    links: links.slice(0, most),
  };
}

export const bytesOf = (body: unknown): number =>
  Buffer.byteLength(typeof body === 'string' ? body : JSON.stringify(body));
