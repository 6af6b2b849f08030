// Sends messages in parallel; one failed recipient does not block the others.

import { Unavailable } from '../domain/errors.ts';
import { errorFields, type Log } from '../platform/log.ts';
import type { Message, Send } from './message.ts';
import { inNextDigest, notPaged } from './texts/delivery.ts';

export type Sent = {
  /** Recipients that no channel reached. */
  unreached: Message[];
  /** Channels that failed for a recipient that another channel reached: `Slack to Ana Silva`. */
  notBy: string[];
  /** Messages that paged no one because of the hourly limit. The digest has them. */
  held: Message[];
  /** Messages that wait for their recipient's working hours. */
  waiting: Message[];
  /** Messages that the recipient's next digest contains. */
  collected: Message[];
};

/** Logs each failure without the content of the message. */
export async function sendEach(send: Send, messages: readonly Message[], log: Log): Promise<Sent> {
  const results = await Promise.allSettled(messages.map(send));
  const sent: Sent = { unreached: [], notBy: [], held: [], waiting: [], collected: [] };
  for (const [i, message] of messages.entries()) {
    const result = results[i];
    if (result?.status === 'fulfilled') {
      if (result.value.held) sent.held.push(message);
      if (result.value.waits) sent.waiting.push(message);
      if (result.value.collected) sent.collected.push(message);
      sent.notBy.push(...result.value.notBy.map((channel) => `${channel} to ${nameOf(message)}`));
      continue;
    }
    log('error', 'message not sent', { key: message.key, ...errorFields(result?.reason) });
    sent.unreached.push(message);
  }
  return sent;
}

export const notPagedNames = (held: readonly Message[]): string => notPaged(held.map(nameOf));
export const collectedNames = (messages: readonly Message[]): string =>
  inNextDigest(messages.map(nameOf));

const nameOf = ({ to }: Message): string => (to.kind === 'person' ? to.name : 'the team');

/** Throws Unavailable when there were messages and none could be sent. */
export async function sendAll(send: Send, messages: readonly Message[], log: Log): Promise<Sent> {
  const sent = await sendEach(send, messages, log);
  if (messages.length > 0 && sent.unreached.length === messages.length)
    throw new Unavailable('no recipient could be notified', { key: messages[0]?.key });
  return sent;
}

/** For an entry of a history: `; not reached: Ben Okafor; not delivered: Slack to Ana Silva`, or nothing. */
export function troubleIn({ unreached, notBy, held, waiting, collected }: Sent): string {
  const missed = unreached.map(nameOf).join(', ');
  return [
    ...(missed ? [`; not reached: ${missed}`] : []),
    ...(held.length > 0 ? [`; ${notPagedNames(held)}`] : []),
    ...(waiting.length > 0 ? [`; waits for working hours: ${waiting.map(nameOf).join(', ')}`] : []),
    ...(collected.length > 0 ? [`; ${collectedNames(collected)}`] : []),
    ...(notBy.length > 0 ? [`; not delivered: ${notBy.join(', ')}`] : []),
  ].join('');
}
