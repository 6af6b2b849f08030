// A message to people, in one form for every channel. Rendering to a channel's own format is the channel's work.
import { z } from 'zod';

/** One recipient, or the team as a whole (its topic). */
export const Recipient = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('person'), id: z.string(), name: z.string(), email: z.email() }),
  z.strictObject({ kind: z.literal('team') }),
]);
export type Recipient = z.infer<typeof Recipient>;

export const Message = z.strictObject({
  /** Same key, same message: a repeated send may be recognised by it. */
  key: z.string().max(128),
  to: Recipient,
  urgency: z.enum(['page', 'inform']),
  /** One line, at most 100 characters: SNS subjects and phone screens end there. */
  subject: z.string().min(1).max(100),
  /** Paragraphs of plain text. Facts first. */
  paragraphs: z.array(z.string()).min(1),
  /** Labelled links. Never sent to a team: they decide in one person's name. */
  links: z.array(z.strictObject({ label: z.string(), url: z.url() })),
  incidentId: z.string(),
  actionId: z.string().nullable(),
});
export type Message = z.infer<typeof Message>;

/** Sends one message; throws a typed error when the channel refuses it. */
export type Send = (message: Message) => Promise<void>;
