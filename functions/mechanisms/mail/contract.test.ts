// The contract of quarantine, over HTTP to the stand-ins. moto has neither.
import { afterAll, beforeAll } from 'vitest';
import { contract, type Ground, type Refusal } from '../../../test/contract/mechanism-contract.ts';
import { type MailServer, startMailServer } from '../../../test/mechanisms/mail/loopback.ts';
import {
  exchange,
  exchangeSubject,
  gmail,
  gmailSubject,
} from '../../../test/mechanisms/mail/mailboxes.ts';
import { Conflict, Denied, NotFound, Throttled, Unavailable } from '../../domain/errors.ts';
import type { HttpClients } from '../../platform/http.ts';
import type { GmailClients } from './gmail.ts';
import { quarantineInGmail } from './gmail-message.ts';
import type { GraphClients } from './graph.ts';
import { quarantineInGraph } from './graph-message.ts';

let server: MailServer;
beforeAll(async () => {
  server = await startMailServer();
});
afterAll(() => server.stop());

/** Every request returns this status, including the token request. */
const answered = (status: number, becomes: Refusal['becomes']): Refusal => ({
  name: `HTTP ${status}`,
  becomes,
  refusing: (client) =>
    new Proxy(client, { get: () => async () => new Response('{}', { status }) }),
});
const REFUSALS = [
  answered(401, Denied),
  answered(403, Denied),
  answered(404, NotFound),
  answered(409, Conflict),
  answered(429, Throttled),
  answered(503, Unavailable),
];

const through = <Clients extends HttpClients>(clients: Clients) =>
  ((wrap) => ({ ...clients, http: wrap(clients.http) })) satisfies Ground<Clients>['clients'];

let office: ReturnType<typeof exchange>;
contract('mail.graph-message on loopback', {
  mechanism: quarantineInGraph,
  subject: exchangeSubject,
  refusals: REFUSALS,
  async setup(): Promise<Ground<GraphClients>> {
    office = exchange(server.clients);
    const { app, clients, mailbox, change, ownerMoves } = office;
    server.serves(app);
    return {
      clients: through(clients),
      // The empty quarantine folder remains, and every move changes the message's default ID.
      snapshot: async () => ({
        folders: mailbox().folders.filter(({ isHidden }) => !isHidden),
        messages: mailbox().messages.map(({ moves: _moves, ...message }) => message),
      }),
      othersAdd: async () =>
        change(({ messages }) => {
          messages[0]!.isRead = true;
        }),
      deleteTarget: async () =>
        change((owned) => {
          owned.messages = owned.messages.filter(({ subject }) => subject !== 'Your invoice');
        }),
      othersUndo: async () => ownerMoves('Invoices'),
    };
  },
  async othersChange() {
    office.ownerMoves('Archive');
    return 'the message is in the folder “Archive”: someone moved it';
  },
});

let domain: ReturnType<typeof gmail>;
contract('mail.gmail-message on loopback', {
  mechanism: quarantineInGmail,
  subject: gmailSubject,
  refusals: REFUSALS,
  async setup(): Promise<Ground<GmailClients>> {
    domain = gmail(server.clients);
    const { app, clients, mailbox, change, ownerLabels } = domain;
    server.serves(app);
    return {
      clients: through(clients),
      // The unused quarantine label remains.
      snapshot: async () => ({
        labels: mailbox().labels.filter(({ name }) => !name.startsWith('Countermand')),
        messages: mailbox().messages,
      }),
      othersAdd: async () =>
        change(({ labels, messages }) => {
          if (!labels.some(({ id }) => id === 'Label_8'))
            labels.push({ id: 'Label_8', name: 'To read', type: 'user' });
          messages[0]!.labelIds = [...new Set([...messages[0]!.labelIds, 'Label_8'])].sort();
        }),
      deleteTarget: async () =>
        change((owned) => {
          owned.messages = owned.messages.filter(({ subject }) => subject !== 'Your invoice');
        }),
      othersUndo: async () => ownerLabels(['CATEGORY_UPDATES', 'INBOX', 'Label_7', 'UNREAD']),
    };
  },
  async othersChange() {
    domain.ownerLabels(['Label_7']);
    return 'the message has the labels “Invoices”, and is not in quarantine: someone moved it';
  },
});
