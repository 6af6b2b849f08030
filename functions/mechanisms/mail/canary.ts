// Canaries of the scope `mail` on a laptop.

import { type Canaries, canaryState } from '../stand-in.ts';
import { type ExchangeState, exchangeFolders } from './stand-in-exchange.ts';
import { type GmailState, gmailLabels } from './stand-in-gmail.ts';

const SUBJECT = 'A canary: leave it here';

export const canary: Canaries = {
  states: [
    canaryState<ExchangeState>('exchange', (state) => ({
      ...state,
      'canary@example.com': {
        folders: exchangeFolders(),
        messages: [
          {
            immutableId: 'AAkALgCanary',
            moves: 0,
            parentFolderId: 'AQMkAGinbox=',
            subject: SUBJECT,
            internetMessageId: '<canary@example.com>',
            isRead: false,
          },
        ],
      },
    })),
    canaryState<GmailState>('gmail', (state) => ({
      ...state,
      'canary@example.org': {
        labels: gmailLabels(),
        messages: [{ id: '18c2f0a1b2c3d4ff', labelIds: ['INBOX', 'UNREAD'], subject: SUBJECT }],
      },
    })),
  ],
  targets: [
    {
      mechanisms: ['mail.graph-message'],
      kind: 'email-message',
      value: 'canary@example.com/AAkALgCanary',
      attributes: { provider: 'microsoft-graph' },
    },
    {
      mechanisms: ['mail.gmail-message'],
      kind: 'email-message',
      value: 'canary@example.org/18c2f0a1b2c3d4ff',
      attributes: { provider: 'gmail' },
    },
  ],
  inStaging: "If mail is connected, a mailbox with one message: the provider's console",
};
