// The message that an entity names, and the description of a quarantine.
import * as z from 'zod/mini';
import type { Description } from '../../domain/action.ts';
import type { Entity } from '../../domain/alert.ts';
import { InvalidInput } from '../../domain/errors.ts';
import type { Facts } from '../../domain/facts.ts';
import { quoted } from '../../domain/wording.ts';
import { earlierIncidents, undoneAfter } from '../affected.ts';
import type { Subject } from '../mechanism.ts';

/** Name of the quarantine folder or label. */
export const QUARANTINE = 'Countermand Quarantine';

const Provider = z.enum(['microsoft-graph', 'gmail']);
type Provider = z.infer<typeof Provider>;

/** IDs of both providers consist of these characters. Others are rejected, because the ID becomes part of a URL. */
const Address = z.tuple([z.email(), z.string().check(z.regex(/^[\w+=-]{1,1000}$/))]);

export type MailMessage = { provider: Provider; mailbox: string; messageId: string };

/**
 * The message that an entity names as `<mailbox>/<id>`, with its provider. Null for anything else.
 *
 * @example messageOf({value: 'ana@example.com/18c2f0a1b2c3d4e5', attributes: {provider: 'gmail'}, ...})
 */
export function messageOf({ value, attributes }: Entity): MailMessage | null {
  const [mailbox = '', ...id] = value.split('/');
  const place = Address.safeParse([mailbox.toLowerCase(), id.join('/')]);
  const provider = Provider.safeParse(attributes.provider);
  if (!place.success || !provider.success) return null;
  return { provider: provider.data, mailbox: place.data[0], messageId: place.data[1] };
}

/** The message that an action is about. Throws InvalidInput if its target is not a message. */
export function requireMessage({ target, actionId }: Subject): MailMessage {
  const message = messageOf(target);
  if (!message) throw new InvalidInput(`${target.ref} is not a message in a mailbox`, { actionId });
  return message;
}

/** The same key for every spelling: mailbox names ignore letter case. */
export function keyOf(target: Entity): string {
  const message = messageOf(target);
  return message ? `${message.mailbox}/${message.messageId}` : target.value;
}

type Words = {
  /** The change, as an order. */
  change: string;
  undo: string;
};

export function describeQuarantine(
  subject: Subject,
  facts: Facts | null,
  { change, undo }: Words,
): Description {
  const { target } = subject;
  const { mailbox = target.value, messageId = target.value } = messageOf(target) ?? {};
  const { subject: title, sender } = target.attributes;
  const named = title ? `the message ${quoted(title, 40)}` : 'one message';
  return {
    headline: `Quarantine ${named} in the mailbox of ${mailbox}`,
    changes: [
      `${change}. Message ID: ${messageId.slice(0, 200)}${sender ? `, from ${quoted(sender, 100)}` : ''}`,
    ],
    affected: [
      'The owner of the mailbox, who no longer sees this one message',
      ...earlierIncidents(subject, facts, 'message'),
    ],
    undo: undoneAfter(undo, subject),
    // The commands need the message's folder or labels: the mechanism writes them after capture.
    manualUndo: [],
  };
}
