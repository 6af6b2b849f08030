// One message by every channel that reaches its recipient, side by side; a channel that fails is reported by the others.

import { NotFound, RetryableError, Unavailable } from '../domain/errors.ts';
import { errorFields, type Log } from '../platform/log.ts';
import { type Channel, LINK_ELSEWHERE } from './channels/channel.ts';
import type { Message, Send } from './message.ts';

export type SendDeps = { channels: readonly Channel[]; now: () => Date; log: Log };

/** The same trouble of a channel is told again after this time: it is news once, and noise with every message. */
const TOLD_EVERY_MS = 60 * 60_000;

export function createSend({ channels, now, log }: SendDeps): Send {
  const toldAt = new Map<string, number>();

  /** True the first time within the hour, for this instance of the function. */
  const isNews = (name: string): boolean => {
    const at = now().getTime();
    const isTold = at - (toldAt.get(name) ?? Number.NEGATIVE_INFINITY) < TOLD_EVERY_MS;
    if (!isTold) toldAt.set(name, at);
    return !isTold;
  };

  const logAll = (failed: readonly Failed[], key: string) => {
    for (const { channel, error } of failed)
      log('error', 'channel failed', { channel: channel.name, key, ...errorFields(error) });
  };

  return async (message) => {
    const { sent, failed } = await sendBy(channels, message);
    logAll(failed, message.key);
    // Whoever was woken and got no link cannot decide: that counts as not reached.
    if (!sent.some((channel) => message.links.length === 0 || channel.isPrivate))
      throw whyNot(message, failed);
    const news = failed.filter(({ channel }) => isNews(channel.name));
    if (news.length > 0) {
      const told = await sendBy(sent, report(message, news));
      logAll(told.failed, message.key);
    }
    return { notBy: failed.map(({ channel }) => channel.name) };
  };
}

type Failed = { channel: Channel; error: unknown };

/** By those of the channels that take it; none waits for another. */
async function sendBy(channels: readonly Channel[], message: Message) {
  const able = channels.filter((channel) => channel.takes(message));
  const results = await Promise.allSettled(
    able.map((channel) => channel.send(shownBy(channel, message))),
  );
  const sent: Channel[] = [];
  const failed: Failed[] = [];
  for (const [i, channel] of able.entries()) {
    const result = results[i];
    if (result?.status === 'rejected') failed.push({ channel, error: result.reason });
    else sent.push(channel);
  }
  return { sent, failed };
}

/** A link decides in one person's name: where others read along, the message says where it is instead. */
function shownBy({ isPrivate }: Channel, message: Message): Message {
  if (message.links.length === 0 || (isPrivate && message.to.kind === 'person')) return message;
  const [first = '', ...rest] = message.paragraphs;
  const where = message.to.kind === 'person' ? [LINK_ELSEWHERE] : [];
  return {
    ...message,
    links: [],
    answerToken: undefined,
    paragraphs: [first, ...where, ...rest],
  };
}

/** What may pass, where anything of it may; so that the caller tries again. */
function whyNot({ key }: Message, failed: readonly Failed[]): Error {
  const errors = failed.map(({ error }) => error);
  const error = errors.find((one) => one instanceof RetryableError) ?? errors[0];
  if (error instanceof Error) return error;
  return failed.length > 0
    ? new Unavailable('no channel took the message', { key }, error)
    : new NotFound('no channel reaches the recipient', { key });
}

function report(about: Message, failed: readonly Failed[]): Message {
  const names = failed.map(({ channel }) => channel.name).join(' and ');
  return {
    key: `${about.key}-not-by`.slice(0, 128),
    to: about.to,
    urgency: 'inform',
    ends: [],
    subject: `Not delivered by ${names}`.slice(0, 100),
    paragraphs: [
      `${names} did not take a message that reached you otherwise: “${about.subject}”.`,
      'Please have it looked at. Until then, messages come by the channels that work.',
    ],
    facts: failed.map(({ channel, error }) => ({
      label: channel.name,
      value: error instanceof Error ? error.name : 'unknown',
    })),
    steps: [],
    links: [],
    incidentId: about.incidentId,
    actionId: about.actionId,
  };
}
