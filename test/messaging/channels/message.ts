// A message to a person, and the clients of channels in tests.

import { awsFailure } from '../../../functions/mechanisms/stand-in.ts';
import { Message } from '../../../functions/messaging/message.ts';
import type { HttpClients } from '../../../functions/platform/http.ts';
import type { SecretClients } from '../../../functions/platform/secret.ts';
import { INCIDENT_ID, NOW } from '../../fixtures/case.ts';

export const LINK = 'https://countermand.example/approve/secret-link';
/** A user name with which an attacker tries to inject links, markup and mentions. */
export const HOSTILE =
  '<https://evil.example|click> [click](https://evil.example) <!channel> @here *b* <b>x</b> & $(id)';

export const messageWith = (change: Partial<Message> = {}): Message =>
  Message.parse({
    key: 'ask-act-0123456789abcdef-1-0-ana.silva',
    to: { kind: 'person', id: 'ana.silva', name: 'Ana Silva', email: 'ana.silva@example.com' },
    urgency: 'page',
    ends: [],
    subject: 'Approve? Disable the user mallory',
    paragraphs: ['The user mallory is disabled.\nWithout an answer nothing is done.', 'The end.'],
    facts: [
      { label: 'Why', value: `“${HOSTILE}”, severity high` },
      { label: 'Affected', value: 'Whoever uses it.' },
    ],
    steps: [{ title: 'To undo it by hand', lines: ['aws iam one', 'aws iam two'] }],
    links: [{ label: 'Look, then approve or decline', url: LINK }],
    incidentId: INCIDENT_ID,
    actionId: null,
    ...change,
  } satisfies Message);

export const TEAM = { kind: 'team' } as const;
export const toTeam = (change: Partial<Message> = {}) =>
  messageWith({ to: TEAM, links: [], ...change });

export function clientsWith(secrets: Record<string, string> = {}) {
  const slept: number[] = [];
  const reads: string[] = [];
  const getSecretValue = async ({ SecretId = '' }: { SecretId?: string | undefined }) => {
    reads.push(SecretId);
    const SecretString = secrets[SecretId];
    if (SecretString === undefined)
      throw awsFailure('ResourceNotFoundException', 400, 'Secrets Manager can’t find it');
    return { SecretString, $metadata: {} };
  };
  const clients: HttpClients & SecretClients = {
    http: { fetch: (url, init) => fetch(url, init) },
    sleep: async (milliseconds) => void slept.push(milliseconds),
    secretsManager: { getSecretValue } as SecretClients['secretsManager'],
    now: () => NOW,
  };
  return { clients, slept, reads, secrets };
}
