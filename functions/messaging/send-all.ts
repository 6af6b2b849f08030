// Sends messages side by side: one recipient who cannot be reached does not keep the news from the others.

import { Unavailable } from '../domain/errors.ts';
import { errorFields, type Log } from '../platform/log.ts';
import type { Message, Send } from './message.ts';

export type Sent = {
  /** Whom no channel reached. */
  unreached: Message[];
  /** What failed although the recipient was reached otherwise, for the record: `Slack to Ana Silva`. */
  notBy: string[];
  /** Who was not woken: it is in their digests. */
  held: Message[];
};

/** What could not be sent is logged, without what it says. */
export async function sendEach(send: Send, messages: readonly Message[], log: Log): Promise<Sent> {
  const results = await Promise.allSettled(messages.map(send));
  const sent: Sent = { unreached: [], notBy: [], held: [] };
  for (const [i, message] of messages.entries()) {
    const result = results[i];
    if (result?.status === 'fulfilled') {
      if (result.value.held) sent.held.push(message);
      sent.notBy.push(...result.value.notBy.map((channel) => `${channel} to ${nameOf(message)}`));
      continue;
    }
    log('error', 'message not sent', { key: message.key, ...errorFields(result?.reason) });
    sent.unreached.push(message);
  }
  return sent;
}

/** `not woken, with their pages of the hour used up: Ana Silva`. */
export const notWoken = (held: readonly Message[]): string =>
  `not woken, with their pages of the hour used up: ${held.map(nameOf).join(', ')}`;

const nameOf = ({ to }: Message): string => (to.kind === 'person' ? to.name : 'the team');

/** The same, but throws Unavailable when there were messages and none could be sent. */
export async function sendAll(send: Send, messages: readonly Message[], log: Log): Promise<Sent> {
  const sent = await sendEach(send, messages, log);
  if (messages.length > 0 && sent.unreached.length === messages.length)
    throw new Unavailable('nobody could be told', { key: messages[0]?.key });
  return sent;
}

/** For an entry of a history: `; not reached: Ben Okafor; not delivered: Slack to Ana Silva`, or nothing. */
export function troubleIn({ unreached, notBy, held }: Sent): string {
  const missed = unreached.map(nameOf).join(', ');
  return [
    ...(missed ? [`; not reached: ${missed}`] : []),
    ...(held.length > 0 ? [`; ${notWoken(held)}`] : []),
    ...(notBy.length > 0 ? [`; not delivered: ${notBy.join(', ')}`] : []),
  ].join('');
}
