// One way to people. Each file beside this one is one of them; channels.ts says which ones an account has.
import { truncate } from '../../domain/wording.ts';
import type { Message } from '../message.ts';

export type Channel = {
  /** As people call it: it stands in the report when it fails. */
  name: string;
  /** True where the recipient alone reads it. Links go nowhere else: they decide in one person's name. */
  isPrivate: boolean;
  /** Whether it has an address of this recipient, and is for messages of this kind. */
  takes(message: Message): boolean;
  /** Throws a typed error when the message was not accepted. Called again for the same message, it may repeat it. */
  send(message: Message): Promise<void>;
};

/**
 * How long a channel is waited for. Two attempts and the wait between them stay under 13 s, so that a message and the
 * report that one channel failed fit into the shortest function that sends, which has 30 s.
 */
export const PATIENCE = { timeoutMs: 4_000, retries: 1, longestWaitSeconds: 4 } as const;

/** What a message says in place of a link, where it may carry none. */
export const LINK_ELSEWHERE = 'The link is in your e-mail or direct message.';

/** Text for a channel with a limit, which may have any number of lines. */
export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${truncate(text, most - 1)}…`;

/** The whole message as plain text, in the order in which a phone shows it. */
export function asText({
  paragraphs: [first, ...rest],
  facts,
  steps,
  links,
}: Pick<Message, 'paragraphs' | 'facts' | 'steps' | 'links'>): string {
  return [
    first,
    ...links.map(({ label, url }) => `${label}:\n${url}`),
    ...(facts.length > 0 ? [facts.map(({ label, value }) => `${label}: ${value}`).join('\n')] : []),
    ...steps.map(({ title, lines }) => `${title}:\n${lines.join('\n')}`),
    ...rest,
  ].join('\n\n');
}
