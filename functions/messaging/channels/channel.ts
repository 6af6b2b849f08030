// The shape of a channel. Each file beside this one is one channel.
import type { Message } from '../message.ts';

export type Channel = {
  /** Its name for people, used in the report when it fails. */
  name: string;
  /** True where only the recipient reads it. Only such a channel carries links: they decide in one person's name. */
  isPrivate: boolean;
  /** Whether it has an address for this recipient and sends messages of this kind. */
  accepts(message: Message): boolean;
  /** Throws a typed error when the message was not accepted. A repeated call may send the message twice. */
  send(message: Message): Promise<void>;
  /** Replaces the messages that `revises` names. Absent if the channel can't edit messages. */
  revise?(message: Message): Promise<void>;
};

/**
 * How long to wait for a channel. Two attempts and the wait between them take less than 13 s, so that a message and the
 * report of a failed channel fit into the shortest time limit of a sending function, 30 s.
 */
export const CHANNEL_RETRY_LIMITS = {
  timeoutMs: 4_000,
  retries: 1,
  longestWaitSeconds: 4,
} as const;

/** The full message as plain text, in the order in which a phone shows it. */
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
