// quarantine_email in Gmail: replaces a message's labels by a hidden one.
import * as z from 'zod/mini';
import { Conflict, StateChanged, TargetGone } from '../../domain/errors.ts';
import { quoted, shellQuoted } from '../../domain/wording.ts';
import { type Driver, defineMechanism, type MechanismInfo, type Subject } from '../mechanism.ts';
import { createGmail, type Gmail, type GmailClients, type Label } from './gmail.ts';
import { describeQuarantine, keyOf, messageOf, QUARANTINE, requireMessage } from './message.ts';

/** The labels of the message, with names, so that a person can find a label that was deleted. */
const Before = z.strictObject({
  labels: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  inQuarantine: z.boolean(),
});
type Before = z.infer<typeof Before>;

/** Labels that can't be added or removed. @see https://developers.google.com/workspace/gmail/api/guides/labels */
const FIXED: readonly string[] = ['SENT', 'DRAFT', 'CHAT'];
/** Labels that change when a message is read or sorted. They don't say where the message is. */
const MARKS: readonly string[] = ['UNREAD', 'STARRED', 'IMPORTANT'];
/** Labels of deleted messages and spam. */
const REMOVED_LABELS: readonly string[] = ['TRASH', 'SPAM'];

export const quarantineInGmailInfo: MechanismInfo = {
  id: 'mail.gmail-message',
  version: 1,
  action: 'quarantine_email',
  scope: 'mail',
  targetKinds: ['email-message'],
  quota:
    '15,000 quota units per minute and user, of which an action and its undo use about 40 (https://developers.google.com/workspace/gmail/api/reference/quota); 10,000 labels per mailbox',
  configured: ({ integrations }) => integrations.gmail !== undefined,
  effects: (_alert, target) => (messageOf(target)?.provider === 'gmail' ? [{}] : []),
  effectKey: ({ target }) => `mail:${keyOf(target)}`,
  describe: (subject, facts) =>
    describeQuarantine(subject, facts, {
      change: `Replace the labels that show the message, such as the inbox, with the hidden label “${QUARANTINE}”`,
      undo: 'Restores exactly the labels that the message had',
    }),
};

export const quarantineInGmail = /* @__PURE__ */ defineMechanism<GmailClients, Before>(
  quarantineInGmailInfo,
  {
    manualUndo,
    before: Before,
    alreadyInPlace: ({ inQuarantine }) => inQuarantine,
    connect: (clients) => connect(createGmail(clients)),
  },
);

/**
 * A shell command for GAM, the command-line tool of Google Workspace administrators.
 * @see https://github.com/GAM-team/GAM/wiki/Users-Gmail-Messages-Threads
 */
function manualUndo({ target }: Subject, before: Before): string[] {
  const { mailbox = '', messageId = '' } = messageOf(target) ?? {};
  const labels = removedLabels(before).map(({ name }) => `addlabel ${shellQuoted(name)} `);
  return [
    `gam user ${shellQuoted(mailbox)} modify messages ids ${shellQuoted(messageId)} ${labels.join('')}removelabel ${shellQuoted(QUARANTINE)}`,
  ];
}

/** The labels that quarantine removes. */
const removedLabels = ({ labels }: Before): Label[] =>
  labels.filter(({ id }) => !FIXED.includes(id));

/** The trash or spam label that the message has now and did not have before: someone removed it. */
const removedLabel = (labelIds: readonly string[], { labels }: Before): string | undefined =>
  REMOVED_LABELS.find((bin) => labelIds.includes(bin) && !labels.some(({ id }) => id === bin));

const list = (labels: readonly string[]): string =>
  labels.length === 0
    ? 'no labels'
    : `the labels ${labels.map((one) => quoted(one, 60)).join(', ')}`;

function connect(gmail: Gmail): Driver<Before> {
  /** The labels of the mailbox and of the message. Throws TargetGone if the message no longer exists. */
  async function read(subject: Subject) {
    const { mailbox, messageId } = requireMessage(subject);
    const [message, labels] = [
      await gmail.message(mailbox, messageId),
      await gmail.labels(mailbox),
    ];
    if (!message) throw new TargetGone('the mailbox no longer holds the message', { mailbox });
    const quarantine = labels.find(({ name }) => name === QUARANTINE)?.id ?? null;
    const { labelIds } = message;
    return {
      mailbox,
      messageId,
      labels,
      labelIds,
      names: labelIds.map((id) => labels.find((one) => one.id === id)?.name ?? id),
      quarantine,
      inQuarantine: quarantine !== null && labelIds.includes(quarantine),
    };
  }

  async function ensureQuarantine(mailbox: string): Promise<string> {
    try {
      return (await gmail.createQuarantine(mailbox)).id;
    } catch (error) {
      // Another writer created the label in between.
      const labels = error instanceof Conflict ? await gmail.labels(mailbox) : [];
      const theirs = labels.find(({ name }) => name === QUARANTINE);
      if (theirs) return theirs.id;
      throw error;
    }
  }

  return {
    async capture(subject) {
      const { labelIds, names, inQuarantine } = await read(subject);
      const labels = labelIds.map((id, i) => ({ id, name: names[i] ?? id }));
      return { labels: labels.toSorted((a, b) => (a.id < b.id ? -1 : 1)), inQuarantine };
    },

    async apply(subject, before) {
      if (before.inQuarantine) return;
      const { mailbox, messageId, labelIds, ...found } = await read(subject);
      const bin = removedLabel(labelIds, before);
      if (bin && !found.inQuarantine)
        throw new StateChanged(`the message was moved in the meantime: it is in ${bin}`, {
          mailbox,
        });
      const left = removedLabels(before).filter(({ id }) => labelIds.includes(id));
      if (found.inQuarantine && left.length === 0) return;
      await gmail.modify(mailbox, messageId, {
        addLabelIds: [found.quarantine ?? (await ensureQuarantine(mailbox))],
        removeLabelIds: left.map(({ id }) => id),
      });
    },

    async verify(subject, before) {
      const { labelIds, names, inQuarantine } = await read(subject);
      const left = before.inQuarantine
        ? []
        : removedLabels(before).filter(({ id }) => labelIds.includes(id));
      return { holds: inQuarantine && left.length === 0, found: `The message has ${list(names)}` };
    },

    async revert(subject, before) {
      if (before.inQuarantine) return;
      const { mailbox, messageId, labels, labelIds, names, ...found } = await read(subject);
      const bin = removedLabel(labelIds, before);
      if (bin)
        throw new StateChanged(`the message is in ${bin}: someone threw it away`, { mailbox });
      const missing = removedLabels(before).filter(({ id }) => !labelIds.includes(id));
      if (!found.inQuarantine || found.quarantine === null) {
        if (missing.every(({ id }) => MARKS.includes(id))) return;
        const why = `the message has ${list(names)}, and is not in quarantine: someone moved it`;
        throw new StateChanged(why, { mailbox });
      }
      const gone = missing.filter(({ id }) => !labels.some((label) => label.id === id));
      if (gone.length > 0) {
        const which = list(gone.map(({ name }) => name));
        throw new StateChanged(`${which} that it had are gone; it remains in quarantine`, {
          mailbox,
        });
      }
      await gmail.modify(mailbox, messageId, {
        addLabelIds: missing.map(({ id }) => id),
        removeLabelIds: [found.quarantine],
      });
    },

    async verifyReverted(subject) {
      const { names, inQuarantine } = await read(subject);
      return { holds: !inQuarantine, found: `The message has ${list(names)}` };
    },
  };
}
