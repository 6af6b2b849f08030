// The mail providers of a laptop: the mailboxes of two companies.

import type { Secret } from '../../platform/secret.ts';
import { connected } from '../mechanism.ts';
import type { StateFile } from '../stand-in.ts';
import { noSleep, type StandIn } from '../stand-in.ts';
import { quarantineInGmail } from './gmail-message.ts';
import { quarantineInGraph } from './graph-message.ts';
import {
  createExchange,
  EXCHANGE_APP,
  type ExchangeState,
  exchangeFolders,
} from './stand-in-exchange.ts';
import {
  createGmailApi,
  createServiceAccount,
  type GmailState,
  gmailLabels,
  type ServiceAccount,
} from './stand-in-gmail.ts';

/** Contains the message of the sample `phishing-mail-exchange`. */
export const EXCHANGE: ExchangeState = {
  'finance@example.com': {
    folders: exchangeFolders(),
    messages: [
      {
        immutableId: 'AAkALgInvoice4711',
        moves: 0,
        parentFolderId: 'AQMkAGinbox=',
        subject: 'Overdue invoice 4711',
        internetMessageId: '<4711.overdue@billing.example.net>',
        isRead: false,
      },
    ],
  },
};

/** Contains the message of the sample `phishing-mail-gmail`. */
export const GMAIL: GmailState = {
  'lee.chen@example.org': {
    labels: [...gmailLabels(), { id: 'Label_11', name: 'Parcels', type: 'user' }],
    messages: [
      {
        id: '18c2f0a1b2c3d4e5',
        labelIds: ['CATEGORY_UPDATES', 'INBOX', 'Label_11', 'UNREAD'],
        subject: 'Your parcel could not be delivered',
      },
    ],
  },
};

type MailDeps = {
  state: <T>(name: string, initial: T) => StateFile<T>;
  now: () => Date;
};

export function createMailProviders({ state, now }: MailDeps) {
  const exchange = state('exchange', EXCHANGE);
  const gmail = state('gmail', GMAIL);
  // Generating a key takes time, and most runs need none.
  let account: ServiceAccount | undefined;
  const serviceAccount = () => {
    account ??= createServiceAccount();
    return account;
  };
  const clientsOf = <T>(
    app: { fetch: (request: Request) => Response | Promise<Response> },
    secret: Secret<T>,
  ) => ({
    http: { fetch: async (url: string, init: RequestInit) => app.fetch(new Request(url, init)) },
    sleep: noSleep,
    secret,
    now,
  });
  return {
    graphClients: clientsOf(createExchange(exchange, now), async () => EXCHANGE_APP),
    gmailClients: clientsOf(
      createGmailApi(gmail, serviceAccount, now),
      async () => serviceAccount().secret,
    ),
  };
}

export const standIn: StandIn = {
  connect(account) {
    const { graphClients, gmailClients } = createMailProviders(account);
    return [connected(quarantineInGraph, graphClients), connected(quarantineInGmail, gmailClients)];
  },
};
