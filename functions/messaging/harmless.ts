// The edge of every message: removes what an alert could hide in its texts.
import { harmless, truncate } from '../domain/wording.ts';
import type { Message, Send } from './message.ts';

const MAX_SUBJECT = 100;

/** Links are signed by Countermand and stay as they are. */
export function harmlessMessage(message: Message): Message {
  const { subject, paragraphs, facts, steps } = message;
  return {
    ...message,
    subject: truncate(harmless(subject), MAX_SUBJECT),
    paragraphs: paragraphs.map(harmless),
    facts: facts.map(({ label, value }) => ({ label: harmless(label), value: harmless(value) })),
    steps: steps.map(({ title, lines }) => ({
      title: harmless(title),
      lines: lines.map(harmless),
    })),
  };
}

export const sendingHarmless =
  (send: Send): Send =>
  (message) =>
    send(harmlessMessage(message));
