// Sends one message through every channel of its recipient, in parallel.

import { NotFound, RetryableError, Unavailable } from '../domain/errors.ts';
import { errorFields, type Log } from '../platform/log.ts';
import type { Channel } from './channels/channel.ts';
import type { Message, Send } from './message.ts';
import { reportText, subjectWithSeverity } from './texts/delivery.ts';
import { LINK_ELSEWHERE } from './texts/labels.ts';

export type SendDeps = { channels: readonly Channel[]; now: () => Date; log: Log };

/** A failed channel is reported to the recipient at most once in this time. */
const REPORTED_EVERY_MS = 60 * 60_000;

export function createSend({ channels, now, log }: SendDeps): Send {
  const reportedAt = new Map<string, number>();

  /** True the first time within the hour, for this instance of the function. */
  const isReportDue = (name: string): boolean => {
    const at = now().getTime();
    const isRecent = at - (reportedAt.get(name) ?? Number.NEGATIVE_INFINITY) < REPORTED_EVERY_MS;
    if (!isRecent) reportedAt.set(name, at);
    return !isRecent;
  };

  const logAll = (failed: readonly Failed[], key: string) => {
    for (const { channel, error } of failed)
      log('error', 'channel failed', { channel: channel.name, key, ...errorFields(error) });
  };

  return async (given) => {
    const message = { ...given, subject: subjectWithSeverity(given) };
    if (message.revises) {
      await Promise.all(channels.map((channel) => revise(channel, message, log)));
      return { notBy: [] };
    }
    const { sent, failed } = await sendBy(channels, message);
    logAll(failed, message.key);
    // A recipient without the link cannot decide, and counts as not reached.
    if (!sent.some((channel) => message.links.length === 0 || channel.isPrivate))
      throw whyNot(message, failed);
    const toReport = failed.filter(({ channel }) => isReportDue(channel.name));
    if (toReport.length > 0) {
      const reported = await sendBy(sent, report(message, toReport));
      logAll(reported.failed, message.key);
    }
    return { notBy: failed.map(({ channel }) => channel.name) };
  };
}

/** The person knows the question already, so a failed edit is only logged. */
async function revise(channel: Channel, message: Message, log: Log): Promise<void> {
  if (!channel.revise || !channel.accepts(message)) return;
  try {
    await channel.revise(shownBy(channel, message));
  } catch (error) {
    log('warn', 'message not edited', {
      channel: channel.name,
      key: message.key,
      ...errorFields(error),
    });
  }
}

type Failed = { channel: Channel; error: unknown };

/** Through each channel that accepts the message, in parallel. */
async function sendBy(channels: readonly Channel[], message: Message) {
  const accepting = channels.filter((channel) => channel.accepts(message));
  const results = await Promise.allSettled(
    accepting.map((channel) => channel.send(shownBy(channel, message))),
  );
  const sent: Channel[] = [];
  const failed: Failed[] = [];
  for (const [i, channel] of accepting.entries()) {
    const result = results[i];
    if (result?.status === 'rejected') failed.push({ channel, error: result.reason });
    else sent.push(channel);
  }
  return { sent, failed };
}

/** A link decides in one person's name: a channel that others read says where the link is instead. */
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

/** A retryable error if there is one, so that the caller tries again. */
function whyNot({ key }: Message, failed: readonly Failed[]): Error {
  const errors = failed.map(({ error }) => error);
  const error = errors.find((one) => one instanceof RetryableError) ?? errors[0];
  if (error instanceof Error) return error;
  return failed.length > 0
    ? new Unavailable('no channel accepted the message', { key }, error)
    : new NotFound('no channel reaches the recipient', { key });
}

function report(about: Message, failed: readonly Failed[]): Message {
  return {
    key: `${about.key}-not-by`.slice(0, 128),
    to: about.to,
    urgency: 'inform',
    ends: [],
    ...reportText(
      about.subject,
      failed.map(({ channel }) => channel.name),
    ),
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
