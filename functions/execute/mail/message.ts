// Which message in which mailbox an alert is about, and what is said of its quarantine whoever keeps the mailbox.
import { z } from 'zod';
import type { Description } from '../../domain/action.ts';
import type { Entity } from '../../domain/alert.ts';
import type { Facts } from '../../domain/facts.ts';
import { quoted, span } from '../../domain/wording.ts';
import type { Subject } from '../mechanism.ts';

/** Name of the folder, or the label, that holds what is in quarantine. */
export const QUARANTINE = 'Countermand Quarantine';

const Provider = z.enum(['microsoft-graph', 'gmail']);
type Provider = z.infer<typeof Provider>;

/** Ids of both providers are made of these; nothing else gets into an address. */
const Place = z.tuple([z.email(), z.string().regex(/^[\w+=-]{1,1000}$/)]);

export type MailMessage = { provider: Provider; mailbox: string; messageId: string };

/**
 * The message that an entity stands for: `<mailbox>/<id>` with its provider. Null for anything else.
 *
 * @example messageOf({value: 'ana@example.com/18c2f0a1b2c3d4e5', attributes: {provider: 'gmail'}, ...})
 */
export function messageOf({ value, attributes }: Entity): MailMessage | null {
  const [mailbox = '', ...id] = value.split('/');
  const place = Place.safeParse([mailbox.toLowerCase(), id.join('/')]);
  const provider = Provider.safeParse(attributes.provider);
  if (!place.success || !provider.success) return null;
  return { provider: provider.data, mailbox: place.data[0], messageId: place.data[1] };
}

/** One spelling for one message: mailboxes differ by letter case for nobody. */
export function keyOf(target: Entity): string {
  const message = messageOf(target);
  return message ? `${message.mailbox}/${message.messageId}` : target.value;
}

type Words = {
  /** Where the message goes, and what it loses. */
  change: string;
  undo: string;
};

export function describeQuarantine(
  { target, durationMinutes }: Subject,
  facts: Facts | null,
  { change, undo }: Words,
): Description {
  const { mailbox = target.value, messageId = target.value } = messageOf(target) ?? {};
  const { subject, sender } = target.attributes;
  const named = subject ? `the message ${quoted(subject, 80)}` : 'one message';
  const until = durationMinutes
    ? ` after ${span(durationMinutes)} unless somebody keeps it in quarantine`
    : '';
  return {
    headline: `Quarantine ${named} in the mailbox of ${mailbox}`,
    changes: [
      `${change}. It is the message ${messageId.slice(0, 200)}${sender ? ` from ${quoted(sender, 100)}` : ''}.`,
    ],
    affected: [
      `${mailbox} loses sight of this one message, and no other`,
      ...historyOf(target, facts),
    ],
    undo: `${undo}${until}`,
    // What is known only when the message is looked at: the mechanism writes it then.
    manualUndo: [],
  };
}

/** Silence means that it was looked up and there was nothing. */
function historyOf({ ref }: Entity, facts: Facts | null): string[] {
  const earlier = facts?.entities.find((one) => one.ref === ref)?.history.earlierIncidents;
  if (!earlier?.known) return ['Whether earlier incidents named this message is unknown'];
  const { length } = earlier.value;
  return length > 0 ? [`Earlier incidents with this message: ${length}`] : [];
}
