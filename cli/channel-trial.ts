// Sends a test message and its withdrawal through each matching channel.
import type { Channel } from '../functions/messaging/channels/channel.ts';
import type { Message, Recipient } from '../functions/messaging/message.ts';
import { type OnCall, resolveOnCall } from '../functions/platform/on-call-schedule.ts';
import type { Escalation } from '../functions/policy/schemas/escalation.ts';

/** The result of one channel or of one escalation step. */
type Answer = { name: string; ok: boolean; text: string };
export type Trial = { ok: boolean; results: Answer[] };
type Say = (line: string) => void;

/** One result per channel. `ok` means that every channel that reaches the recipient accepted both messages. */
export async function tryChannels(
  channels: readonly Channel[],
  to: Recipient,
  at: Date,
  { buttons = false, say = () => {} }: { buttons?: boolean; say?: Say } = {},
): Promise<Trial> {
  const page: Message = {
    ...trial(to, at),
    // The token isn't signed, so a click decides nothing and the reply says so.
    ...(buttons && { answerToken: 'trial' }),
  };
  const over: Message = {
    ...page,
    key: `${page.key}-over`,
    urgency: 'inform',
    ends: [page.key],
    subject: 'The test of Countermand is over',
    paragraphs: ['If you received the previous message, the channel works.'],
  };
  const accepting = channels.filter((channel) => channel.accepts(page));
  const results: Answer[] = [];
  for (const channel of accepting) {
    const text = await answerOf(channel, page, over);
    results.push({ name: channel.name, ok: text === ACCEPTED, text });
    say(`${channel.name}: ${text}`);
  }
  if (accepting.length === 0) say('No channel has an address for this recipient.');
  return { ok: results.length > 0 && results.every(({ ok }) => ok), results };
}

const ACCEPTED = 'accepted';

async function answerOf(channel: Channel, page: Message, over: Message): Promise<string> {
  try {
    await channel.send(page);
    if (channel.accepts(over)) await channel.send(over);
    return ACCEPTED;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** The people that each escalation step would ask now, and the faults of the schedules. */
export async function tryOnCall(
  onCall: OnCall,
  escalation: Escalation,
  say: Say = () => {},
  now: () => Date = () => new Date(),
): Promise<Trial> {
  const { escalation: staffed, notes } = await resolveOnCall(onCall, escalation, () => {}, now());
  const results = [
    ...staffed.ladder.map(({ atMinutes, ask }) => ({
      name: `after ${atMinutes} min`,
      ok: true,
      text: ask.join(', ') || 'no one',
    })),
    ...notes.map((text) => ({ name: 'schedules', ok: false, text })),
  ];
  for (const { name, ok, text } of results) say(ok ? `${name}: ${text}` : text);
  return { ok: notes.length === 0, results };
}

const trial = (to: Recipient, at: Date): Message => ({
  key: `trial-${at.getTime()}`,
  to,
  urgency: 'page',
  ends: [],
  subject: 'A test of Countermand: nothing has happened',
  paragraphs: [
    'An operator is testing whether messages reach you this way.\nYou have nothing to do.',
  ],
  facts: [{ label: 'Sent', value: at.toISOString() }],
  steps: [],
  links: [],
  incidentId: 'none',
  actionId: null,
});
