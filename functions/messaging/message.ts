// A message to people. Each channel renders it in its own format.
import * as z from 'zod/mini';
import { SeverityLabel } from '../domain/alert.ts';

/** One person, or the team. */
export const Recipient = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('person'), id: z.string(), name: z.string(), email: z.email() }),
  z.strictObject({ kind: z.literal('team') }),
]);
export type Recipient = z.infer<typeof Recipient>;

export const Message = z.strictObject({
  /** An idempotency key: channels can use it to recognise a repeated send. */
  key: z.string().check(z.maxLength(128)),
  to: Recipient,
  /** `page` interrupts the recipient at any hour. */
  urgency: z.enum(['page', 'inform']),
  /** The severity of the alert. Absent if the message is about no alert. */
  severity: z.optional(SeverityLabel),
  /**
   * Messages about the same thing: within the hour, only the first of them pages a recipient. The others are not sent
   * to that recipient.
   */
  once: z.optional(z.string().check(z.maxLength(128))),
  /** Exempt from the hourly limit: an effect is wrongly in force, or no later message would report it. */
  always: z.optional(z.literal(true)),
  /**
   * The message may wait for the recipient's working hours, if policy says so for its severity. Never for one that
   * needs an answer, or that reports an effect.
   */
  canWait: z.optional(z.literal(true)),
  /**
   * Until when the message may wait for the digest, because the page of an earlier request shows its contents to the
   * recipient. One digest entry represents all such messages of an incident.
   */
  collectUntil: z.optional(z.iso.datetime()),
  /** Keys of earlier pages to the same recipient that this message resolves. */
  ends: z.array(z.string().check(z.maxLength(128))),
  /**
   * Keys of earlier messages to the same recipient. Channels that can edit a message replace them with this one;
   * nothing new is sent.
   */
  revises: z.optional(z.array(z.string().check(z.maxLength(128)))),
  /** One line of at most 100 characters, the limit of SNS subjects. */
  subject: z.string().check(z.minLength(1), z.maxLength(100)),
  /** Plain text with significant line breaks. The first paragraph comes first; the others follow the steps. */
  paragraphs: z.array(z.string().check(z.minLength(1))).check(z.minLength(1)),
  /** Labelled values: target, reason, undo, and so on. */
  facts: z.array(
    z.strictObject({
      label: z.string().check(z.minLength(1)),
      value: z.string().check(z.minLength(1)),
    }),
  ),
  /** Commands to copy, one per line, under a title. */
  steps: z.array(
    z.strictObject({
      title: z.string().check(z.minLength(1)),
      lines: z.array(z.string()).check(z.minLength(1)),
    }),
  ),
  /** A link decides in one person's name, so only private channels carry it. */
  links: z.array(z.strictObject({ label: z.string(), url: z.url() })),
  /** A signed token for buttons. Only a channel that authenticates the person who clicks uses it. */
  answerToken: z.optional(z.string().check(z.maxLength(2000))),
  incidentId: z.string(),
  actionId: z.nullable(z.string()),
  /** In a digest: the actions that still need its recipient. */
  lists: z.optional(z.array(z.strictObject({ incidentId: z.string(), actionId: z.string() }))),
});
export type Message = z.infer<typeof Message>;

/** The key of the page that asks one person at one escalation step. A later message resolves it. */
export const questionKey = (actionId: string, step: number, person: string): string =>
  `ask-${actionId}-${step}-${person}`;

/** The key of the page that notifies one analyst, or the team, of an incident. */
export const notificationKey = (actionId: string, to: string): string => `tell-${actionId}-${to}`;

/** The `once` of pages that say how severe an incident is: one for each severity that it reaches. */
export const severityPage = (incidentId: string, severity: SeverityLabel): string =>
  `${incidentId}-${severity}`;

export type Delivery = {
  /** Names of the channels that failed while another one accepted the message. */
  notBy: string[];
  /** The message paged no one and is in the recipient's digest. */
  held?: true;
  /** The message waits for the recipient's working hours. */
  waits?: true;
  /** The recipient's next digest contains the message. */
  collected?: true;
};

/** Sends one message through all channels of the recipient. Throws a typed error when none accepted it. */
export type Send = (message: Message) => Promise<Delivery>;
