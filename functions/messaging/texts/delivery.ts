// Messages about messages: the digest, the hourly limit, channels that failed.
import { timeOfDay } from '../../domain/wording.ts';
import type { Limits } from '../../policy/schemas/limits.ts';
import type { Message } from '../message.ts';

type Listed = { needsAnswer: boolean; text: string };

/** One message for the pages that paged no one. `more`: pages that are not listed. */
export function digestText(
  lines: readonly Listed[],
  more: number,
  { perPersonPerHour, reservedForSevere }: Limits['pages'],
): Pick<Message, 'subject' | 'paragraphs' | 'facts' | 'steps'> {
  const open = lines.filter(({ needsAnswer }) => needsAnswer);
  const over = lines.filter(({ needsAnswer }) => !needsAnswer);
  const count = lines.length + more;
  const list = (title: string, some: readonly Listed[]) =>
    some.length > 0 ? [`${title}\n${some.map(({ text }) => `- ${text}`).join('\n')}`] : [];
  const [first, ...rest] = [
    ...list('These still need a person:', open),
    ...list('These are finished:', over),
    ...(more > 0 ? [`${more} more are not listed. Each one has a ticket or a record.`] : []),
    `Policy limits your pages to ${perPersonPerHour} an hour. High and critical alerts alone may use ${reservedForSevere} of them.`,
  ];
  return {
    subject: `${count} ${count === 1 ? 'message' : 'messages'} without a page, ${open.length} still open`,
    paragraphs: [first ?? '', ...rest],
    facts: [],
    steps: [],
  };
}

/** Follows the state of an action that ended without its change. */
export const IN_TICKET = 'the incident’s ticket has the next steps';

/** The last paragraph of the last page within the hour. */
export const lastPageNotice = (perHour: number, nextAt: string, digestAfterMinutes: number) =>
  `This is your last page before ${timeOfDay(nextAt)}, except for critical incidents and failed undos: the limit is ${perHour} an hour. Later messages arrive in a digest every ${digestAfterMinutes} min, without a page.`;

export const notPaged = (names: readonly string[]): string =>
  `not paged (hourly limit reached): ${names.join(', ')}`;

/** To a recipient who got the message through other channels. */
export function reportText(
  subject: string,
  names: readonly string[],
): Pick<Message, 'subject' | 'paragraphs'> {
  const channels = names.join(' and ');
  return {
    subject: `Not delivered by ${channels}`.slice(0, 100),
    paragraphs: [
      `${channels} rejected a message that reached you through another channel: “${subject}”.`,
      'Please have the channel checked. Until then, messages reach you through the others.',
    ],
  };
}
