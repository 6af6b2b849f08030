// Two mailboxes, one per provider, with a suspicious message each.
import type { Entity } from '../../../functions/domain/alert.ts';
import type { GmailClients } from '../../../functions/mechanisms/mail/gmail.ts';
import type { GraphClients } from '../../../functions/mechanisms/mail/graph.ts';
import {
  createExchange,
  EXCHANGE_APP,
  type ExchangeState,
  exchangeFolders,
  usualId,
} from '../../../functions/mechanisms/mail/stand-in-exchange.ts';
import {
  createGmailApi,
  createServiceAccount,
  type GmailState,
  gmailLabels,
} from '../../../functions/mechanisms/mail/stand-in-gmail.ts';
import type { HttpClients } from '../../../functions/platform/http.ts';
import { inMemory } from '../../../local/aws/state-file.ts';
import { HERE, NOW, subjectOn } from '../../fixtures/case.ts';

const EXCHANGE_OWNER = 'finance@example.com';
const GMAIL_OWNER = 'lee.chen@example.org';

const emailOf = (provider: string, mailbox: string, id: string): Entity => ({
  ref: 'email-1',
  place: HERE,
  kind: 'email-message',
  value: `${mailbox}/${id}`,
  part: 'actor',
  foundAt: ['$.detail.entities[0].value'],
  attributes: {
    provider,
    subject: 'Your invoice',
    sender: 'billing@attacker.example',
    internetMessageId: '<invoice-1@attacker.example>',
  },
});

const inInvoices = {
  immutableId: 'AAkALgInvoice1',
  moves: 3,
  parentFolderId: 'AAMkAGinvoices=',
  subject: 'Your invoice',
  internetMessageId: '<invoice-1@attacker.example>',
  isRead: false,
};
export const exchangeEmail = emailOf('microsoft-graph', EXCHANGE_OWNER, usualId(inInvoices));
export const exchangeSubject = subjectOn(exchangeEmail);

/** Exchange with one mailbox, whose owner has filed the message in a folder. */
export function exchange(http: HttpClients, now = () => NOW) {
  const inbox = { id: 'AQMkAGinbox=' };
  const file = inMemory<ExchangeState>({
    [EXCHANGE_OWNER]: {
      folders: [
        ...exchangeFolders(),
        {
          id: 'AAMkAGinvoices=',
          displayName: 'Invoices',
          parentFolderId: inbox.id,
          isHidden: false,
        },
      ],
      messages: [
        inInvoices,
        {
          ...inInvoices,
          immutableId: 'AAkALgOther1',
          parentFolderId: inbox.id,
          subject: 'Lunch?',
          internetMessageId: '<lunch@example.com>',
        },
      ],
    },
  });
  const mailbox = () => file.read()[EXCHANGE_OWNER]!;
  const change = (edit: (mailbox: ReturnType<typeof mailboxOf>) => void) => {
    const state = file.read();
    edit(state[EXCHANGE_OWNER]!);
    file.write(state);
  };
  const mailboxOf = mailbox;
  const clients: GraphClients = { ...http, secret: async () => EXCHANGE_APP, now };
  return {
    app: createExchange(file, now),
    file,
    clients,
    mailbox,
    change,
    /** The name of the folder that holds the message. */
    place: () => {
      const { folders, messages } = mailbox();
      const { parentFolderId } = messages.find(({ subject }) => subject === 'Your invoice')!;
      return folders.find(({ id }) => id === parentFolderId)?.displayName;
    },
    /** The owner moves the message, as the owner's mail program would. */
    ownerMoves: (folderName: string) =>
      change(({ folders, messages }) => {
        const message = messages.find(({ subject }) => subject === 'Your invoice')!;
        message.parentFolderId = folders.find((one) => one.displayName === folderName)!.id;
        message.moves += 1;
      }),
  };
}

const GMAIL_ID = '18c2f0a1b2c3d4e5';
export const gmailEmail = emailOf('gmail', GMAIL_OWNER, GMAIL_ID);
export const gmailSubject = subjectOn(gmailEmail);
/** Creating a key takes longer than everything else. */
const account = createServiceAccount();

/** Gmail with one mailbox, whose owner has labelled the message. */
export function gmail(http: HttpClients, now = () => NOW) {
  const labelIds = ['CATEGORY_UPDATES', 'INBOX', 'Label_7', 'UNREAD'];
  const file = inMemory<GmailState>({
    [GMAIL_OWNER]: {
      labels: [...gmailLabels(), { id: 'Label_7', name: 'Invoices', type: 'user' }],
      messages: [
        { id: GMAIL_ID, labelIds, subject: 'Your invoice' },
        { id: '18c2f0a1b2c3d4e6', labelIds: ['INBOX'], subject: 'Lunch?' },
      ],
    },
  });
  const mailbox = () => file.read()[GMAIL_OWNER]!;
  const clients: GmailClients = { ...http, secret: async () => account.secret, now };
  const labelsOf = (subject: string) =>
    mailbox().messages.find((one) => one.subject === subject)!.labelIds;
  return {
    app: createGmailApi(file, () => account, now),
    file,
    clients,
    mailbox,
    labels: () => {
      const names = new Map(mailbox().labels.map(({ id, name }) => [id, name]));
      return labelsOf('Your invoice').map((id) => names.get(id));
    },
    change(edit: (mailbox: GmailState[string]) => void) {
      const state = file.read();
      edit(state[GMAIL_OWNER]!);
      file.write(state);
    },
    /** The owner replaces the labels of the message. */
    ownerLabels(ids: readonly string[]) {
      const state = file.read();
      const message = state[GMAIL_OWNER]!.messages.find(({ id }) => id === GMAIL_ID)!;
      message.labelIds = [...ids].sort();
      file.write(state);
    },
  };
}
