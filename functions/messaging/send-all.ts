// Sends messages in parallel; one failed recipient does not block the others.

import type { Action } from '../domain/action.ts';
import { Unavailable } from '../domain/errors.ts';
import { errorFields, type Log } from '../platform/log.ts';
import { type Note, withEntry } from '../store/hash-chain.ts';
import type { Message, Send } from './message.ts';
import { inNextDigest, notPaged } from './texts/delivery.ts';

export type Sent = {
  /** Recipients that no channel reached. */
  unreached: Message[];
  /** Channels that failed for a recipient that another channel reached. */
  notBy: { channel: string; message: Message }[];
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
      sent.notBy.push(...result.value.notBy.map((channel) => ({ channel, message })));
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

/** For the text of an entry: `; not reached: Ben Okafor`, or nothing. `withFailures` records failed channels. */
export function troubleIn({ unreached, held, waiting, collected }: Omit<Sent, 'notBy'>): string {
  const missed = unreached.map(nameOf).join(', ');
  return [
    ...(missed ? [`; not reached: ${missed}`] : []),
    ...(held.length > 0 ? [`; ${notPagedNames(held)}`] : []),
    ...(waiting.length > 0 ? [`; waits for working hours: ${waiting.map(nameOf).join(', ')}`] : []),
    ...(collected.length > 0 ? [`; ${collectedNames(collected)}`] : []),
  ].join('');
}

/** Entries about channels that failed, for people who were reached through another one. */
export const SLACK_FAILED = 'slack-failed';
export const CHANNEL_FAILED = 'channel-failed';

/** The action with an entry for each channel that failed. A retry with the same result adds no entry. */
export function withFailures(
  action: Action,
  { notBy }: Pick<Sent, 'notBy'>,
  by: Pick<Note, 'at' | 'by'>,
): Action {
  const byChannel = Map.groupBy(notBy, ({ channel }) => channel);
  return [...byChannel].reduce((current, [channel, failed]) => {
    const messages = failed.map(({ message }) => message);
    const event = channel === 'Slack' ? SLACK_FAILED : CHANNEL_FAILED;
    const text = `Not delivered: ${channel} to ${messages.map(nameOf).join(', ')}`;
    return current.history.some((entry) => entry.event === event && entry.text === text)
      ? current
      : withEntry(current, { ...by, event, text, people: recipientsOf(messages) });
  }, action);
}

/** The IDs of the people among the recipients. */
export const recipientsOf = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ to }) => (to.kind === 'person' ? to.id : []));
