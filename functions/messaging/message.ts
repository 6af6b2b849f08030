// A message to people, in one form for every channel. Rendering to a channel's own format is the channel's work.
import * as z from 'zod';

/** One recipient, or the team as a whole. */
export const Recipient = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('person'), id: z.string(), name: z.string(), email: z.email() }),
  z.strictObject({ kind: z.literal('team') }),
]);
export type Recipient = z.infer<typeof Recipient>;

export const Message = z.strictObject({
  /** Same key, same message: a repeated send may be recognised by it. */
  key: z.string().max(128),
  to: Recipient,
  /** `page` may wake somebody. */
  urgency: z.enum(['page', 'inform']),
  /** A page that no cap holds back: something is in force that should not be, or nothing more would say so. */
  always: z.literal(true).optional(),
  /** Keys of earlier pages to the same recipient that are over with this message. */
  ends: z.array(z.string().max(128)),
  /** One line, at most 100 characters: SNS subjects and phone screens end there. */
  subject: z.string().min(1).max(100),
  /** Plain text; line breaks count. The first is what has to be seen at once; the others stand last. */
  paragraphs: z.array(z.string().min(1)).min(1),
  /** Short answers to what the reader would ask next. */
  facts: z.array(z.strictObject({ label: z.string().min(1), value: z.string().min(1) })),
  /** Commands to copy, a line each, under what they are for. */
  steps: z.array(z.strictObject({ title: z.string().min(1), lines: z.array(z.string()).min(1) })),
  /** Labelled links. They decide in one person's name, and go where that person alone reads. */
  links: z.array(z.strictObject({ label: z.string(), url: z.url() })),
  /** Signed, and in this person's name: a channel that knows for certain who clicks makes buttons of it. */
  answerToken: z.string().max(2000).optional(),
  incidentId: z.string(),
  actionId: z.string().nullable(),
});
export type Message = z.infer<typeof Message>;

/** Of what one rung asks one person; a page that was made of it ends with a later message. */
export const questionKey = (actionId: string, rung: number, person: string): string =>
  `ask-${actionId}-${rung}-${person}`;

export type Delivery = {
  /** Channels that did not take it although others did, by name. */
  notBy: string[];
  /** It woke nobody: it is in the recipient's digest. */
  held?: true;
};

/** Sends one message by all channels that reach the recipient; throws a typed error when none of them did. */
export type Send = (message: Message) => Promise<Delivery>;
