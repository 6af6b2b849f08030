// Sends messages side by side: one recipient who cannot be reached does not keep the news from the others.
import { errorFields, type Log } from '../audit/log.ts';
import { Unavailable } from '../domain/errors.ts';
import type { Message, Send } from './message.ts';

/** Returns the messages that could not be sent; each is logged, without what it says. */
export async function sendEach(
  send: Send,
  messages: readonly Message[],
  log: Log,
): Promise<Message[]> {
  const results = await Promise.allSettled(messages.map(send));
  for (const [i, result] of results.entries())
    if (result.status === 'rejected')
      log('error', 'message not sent', { key: messages[i]?.key, ...errorFields(result.reason) });
  return messages.filter((_, i) => results[i]?.status === 'rejected');
}

/** The same, but throws Unavailable when there were messages and none could be sent. */
export async function sendAll(
  send: Send,
  messages: readonly Message[],
  log: Log,
): Promise<Message[]> {
  const failed = await sendEach(send, messages, log);
  if (messages.length > 0 && failed.length === messages.length)
    throw new Unavailable('nobody could be told', { key: messages[0]?.key });
  return failed;
}
