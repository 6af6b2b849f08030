// A harmless message by every channel that reaches somebody, and its withdrawal: what each channel said.

import type { Channel } from '../functions/messaging/channels/channel.ts';
import type { Message, Recipient } from '../functions/messaging/message.ts';
import { type OnCall, staffNow } from '../functions/platform/on-call-schedule.ts';
import type { Escalation } from '../functions/policy/schemas/escalation.ts';

/** One line per channel; `ok` when all of those that reach the recipient took both messages. */
export async function tryChannels(
  channels: readonly Channel[],
  to: Recipient,
  at: Date,
  { buttons = false } = {},
): Promise<{ ok: boolean; lines: string[] }> {
  const page: Message = {
    ...trial(to, at),
    // No signature of ours: a click on it decides nothing, and says so.
    ...(buttons && { answerToken: 'trial' }),
  };
  const over: Message = {
    ...page,
    key: `${page.key}-over`,
    urgency: 'inform',
    ends: [page.key],
    subject: 'The test of Countermand is over',
    paragraphs: ['If you got the message before this one, the channel works.'],
  };
  const able = channels.filter((channel) => channel.takes(page));
  const lines: string[] = [];
  let ok = able.length > 0;
  for (const channel of able)
    try {
      await channel.send(page);
      if (channel.takes(over)) await channel.send(over);
      lines.push(`${channel.name}: accepted`);
    } catch (error) {
      ok = false;
      lines.push(
        `${channel.name}: ${error instanceof Error ? `${error.name}: ${error.message}` : error}`,
      );
    }
  return { ok, lines: able.length > 0 ? lines : ['no channel has an address of this recipient'] };
}

/** Who would be asked now, rung by rung, and what is odd about the ladder. */
export async function tryOnCall(
  onCall: OnCall,
  escalation: Escalation,
): Promise<{ ok: boolean; lines: string[] }> {
  const { escalation: now, notes } = await staffNow(onCall, escalation, () => {});
  const rungs = now.ladder.map(
    ({ atMinutes, ask }) => `after ${atMinutes} min: ${ask.join(', ') || 'nobody'}`,
  );
  return { ok: notes.length === 0, lines: [...rungs, ...notes] };
}

const trial = (to: Recipient, at: Date): Message => ({
  key: `trial-${at.getTime()}`,
  to,
  urgency: 'page',
  ends: [],
  subject: 'A test of Countermand: nothing has happened',
  paragraphs: ['Somebody tries whether messages reach you this way.\nYou have nothing to do.'],
  facts: [{ label: 'Sent', value: at.toISOString() }],
  steps: [],
  links: [],
  incidentId: 'none',
  actionId: null,
});
