// Lambda entries of the scope `mail`: what the account is joined to, and nothing else.
import { setTimeout as sleep } from 'node:timers/promises';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { deploy } from '../../execute/serve.ts';
import { secretOf } from '../../platform/secret.ts';
import { connected } from '../mechanism.ts';
import { GmailSecret } from './gmail.ts';
import { quarantineInGmail } from './gmail-message.ts';
import { GraphSecret } from './graph.ts';
import { quarantineInGraph } from './graph-message.ts';

const now = () => new Date();
const clients = {
  http: { fetch: (url: string, init: RequestInit) => fetch(url, init) },
  sleep: (milliseconds: number) => sleep(milliseconds),
  now,
};

export const { execute, reverse, mechanisms } = deploy(
  'mail',
  ({ integrations: { microsoftGraph, gmail } }) => {
    const secrets = { secretsManager: new SecretsManager({}), now };
    return [
      ...(microsoftGraph
        ? [
            connected(quarantineInGraph, {
              ...clients,
              secret: secretOf(secrets, microsoftGraph.secretArn, GraphSecret),
            }),
          ]
        : []),
      ...(gmail
        ? [
            connected(quarantineInGmail, {
              ...clients,
              secret: secretOf(secrets, gmail.secretArn, GmailSecret),
            }),
          ]
        : []),
    ];
  },
);
