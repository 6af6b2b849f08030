// quarantine_email in Exchange Online: moves a message to a hidden folder.
import * as z from 'zod/mini';
import { Conflict, NotFound, StateChanged, TargetGone } from '../../domain/errors.ts';
import { quoted, shellQuoted } from '../../domain/wording.ts';
import { type Driver, defineMechanism, type MechanismInfo, type Subject } from '../mechanism.ts';
import { createGraph, type Graph, type GraphClients } from './graph.ts';
import { describeQuarantine, keyOf, messageOf, QUARANTINE, requireMessage } from './message.ts';

/** Where the message was, by stable IDs: the folder's ID, and the message's immutable ID. */
const Before = z.strictObject({
  messageId: z.string(),
  folder: z.strictObject({ id: z.string(), name: z.string(), parentId: z.string() }),
  inQuarantine: z.boolean(),
});
type Before = z.infer<typeof Before>;

export const quarantineInGraphInfo: MechanismInfo = {
  id: 'mail.graph-message',
  version: 1,
  action: 'quarantine_email',
  scope: 'mail',
  targetKinds: ['email-message'],
  quota:
    '10,000 requests in ten minutes, and 4 at the same time, per app and mailbox (https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits)',
  configured: ({ integrations }) => integrations.microsoftGraph !== undefined,
  effects: (_alert, target) => (messageOf(target)?.provider === 'microsoft-graph' ? [{}] : []),
  effectKey: ({ target }) => `mail:${keyOf(target)}`,
  describe: (subject, facts) =>
    describeQuarantine(subject, facts, {
      change: `Move the message to the hidden folder “${QUARANTINE}” of the same mailbox`,
      undo: 'Moves the message back to its original folder',
    }),
};

export const quarantineInGraph = /* @__PURE__ */ defineMechanism<GraphClients, Before>(
  quarantineInGraphInfo,
  {
    manualUndo,
    before: Before,
    alreadyInPlace: ({ inQuarantine }) => inQuarantine,
    connect: (clients) => connect(createGraph(clients)),
  },
);

/** A shell command for `az`, signed in as an identity with Mail.ReadWrite. */
function manualUndo({ target }: Subject, { messageId, folder }: Before): string[] {
  const { mailbox = '' } = messageOf(target) ?? {};
  const url = `https://graph.microsoft.com/v1.0/users/${encodeURIComponent(mailbox)}/messages/${encodeURIComponent(messageId)}/move`;
  const body = JSON.stringify({ destinationId: folder.id });
  return [
    `az rest --method post --url ${shellQuoted(url)} --headers 'Content-Type=application/json' --body ${shellQuoted(body)}`,
  ];
}

const NO_MESSAGE = 'the mailbox no longer holds the message';

function connect(graph: Graph): Driver<Before> {
  const nameOf = async (mailbox: string, folderId: string) => {
    const folder = await graph.folder(mailbox, folderId);
    return folder
      ? `the folder ${quoted(folder.displayName, 100)}`
      : 'a folder that no longer exists';
  };

  /** Finds the message by ID, or, if a move changed its ID, by its Internet message ID. */
  async function findMessage(subject: Subject) {
    const { mailbox, messageId } = requireMessage(subject);
    const message = await graph.message(mailbox, messageId);
    if (message) return message;
    const { internetMessageId } = subject.target.attributes;
    const copies = internetMessageId ? await graph.copies(mailbox, internetMessageId) : [];
    const [copy] = copies;
    if (!copy) throw new TargetGone(NO_MESSAGE, { mailbox });
    if (copies.length > 1)
      throw new NotFound('the message was moved, and several messages have its ID', { mailbox });
    return copy;
  }

  /** By its immutable ID. Throws TargetGone if the mailbox no longer holds the message. */
  async function requireById(mailbox: string, { messageId }: Before) {
    const message = await graph.message(mailbox, messageId);
    if (!message) throw new TargetGone(NO_MESSAGE, { mailbox });
    return message;
  }

  async function ensureQuarantine(mailbox: string): Promise<string> {
    const there = await graph.quarantine(mailbox);
    if (there) return there;
    try {
      return await graph.createQuarantine(mailbox);
    } catch (error) {
      // Another writer created the folder in between.
      const theirs = error instanceof Conflict && (await graph.quarantine(mailbox));
      if (theirs) return theirs;
      throw error;
    }
  }

  /** Throws StateChanged if the original folder no longer exists or is in Deleted Items. */
  async function requireOrigin(mailbox: string, { id, name, parentId }: Before['folder']) {
    const folder = await graph.folder(mailbox, id);
    const named = `its original folder ${quoted(name, 100)}`;
    if (!folder)
      throw new StateChanged(`${named} is gone; the message remains in quarantine`, { mailbox });
    if (folder.parentFolderId === parentId) return;
    const deleted = await graph.folder(mailbox, 'deleteditems');
    if (folder.parentFolderId === deleted?.id)
      throw new StateChanged(`${named} was deleted; the message remains in quarantine`, {
        mailbox,
      });
  }

  return {
    async capture(subject) {
      const { mailbox } = requireMessage(subject);
      const message = await findMessage(subject);
      const folder = await graph.folder(mailbox, message.parentFolderId);
      if (!folder) throw new NotFound('the message is in no folder', { mailbox });
      return {
        messageId: message.id,
        folder: { id: folder.id, name: folder.displayName, parentId: folder.parentFolderId },
        inQuarantine: folder.id === (await graph.quarantine(mailbox)),
      };
    },

    async apply(subject, before) {
      const { mailbox } = requireMessage(subject);
      const message = await requireById(mailbox, before);
      const quarantine = await ensureQuarantine(mailbox);
      if (message.parentFolderId === quarantine) return;
      if (message.parentFolderId !== before.folder.id) {
        const where = await nameOf(mailbox, message.parentFolderId);
        throw new StateChanged(`the message was moved in the meantime; it is in ${where}`, {
          mailbox,
        });
      }
      await graph.move(mailbox, message.id, quarantine);
    },

    async verify(subject, before) {
      const { mailbox } = requireMessage(subject);
      const message = await requireById(mailbox, before);
      return message.parentFolderId === (await graph.quarantine(mailbox))
        ? { holds: true, found: `The message is in the folder “${QUARANTINE}”` }
        : { holds: false, found: `it is in ${await nameOf(mailbox, message.parentFolderId)}` };
    },

    async revert(subject, before) {
      const { mailbox } = requireMessage(subject);
      const message = await requireById(mailbox, before);
      if (message.parentFolderId === before.folder.id) return;
      if (message.parentFolderId !== (await graph.quarantine(mailbox))) {
        const where = await nameOf(mailbox, message.parentFolderId);
        throw new StateChanged(`the message is in ${where}: someone moved it`, { mailbox });
      }
      await requireOrigin(mailbox, before.folder);
      await graph.move(mailbox, message.id, before.folder.id);
    },

    async verifyReverted(subject, before) {
      const { mailbox } = requireMessage(subject);
      const message = await requireById(mailbox, before);
      const found = `The message is in ${await nameOf(mailbox, message.parentFolderId)}`;
      return { holds: message.parentFolderId !== (await graph.quarantine(mailbox)), found };
    },
  };
}
