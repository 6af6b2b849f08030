// Connects the quarantine mechanisms to the mail providers of policy.
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { secretOf } from '../../platform/secret.ts';
import { type Connect, sleep } from '../connect.ts';
import { type Connected, connected } from '../mechanism.ts';
import { GmailSecret } from './gmail.ts';
import { quarantineInGmail } from './gmail-message.ts';
import { GraphSecret } from './graph.ts';
import { quarantineInGraph } from './graph-message.ts';

export const connect: Connect = ({ policy: { integrations } }) => {
  const { microsoftGraph, gmail } = integrations;
  const now = () => new Date();
  const clients = {
    http: { fetch: (url: string, init: RequestInit) => fetch(url, init) },
    sleep,
    now,
  };
  const secrets = { secretsManager: new SecretsManager({}), now };
  const mechanisms: Connected[] = [];
  if (microsoftGraph)
    mechanisms.push(
      connected(quarantineInGraph, {
        ...clients,
        secret: secretOf(secrets, microsoftGraph.secretArn, GraphSecret),
      }),
    );
  if (gmail)
    mechanisms.push(
      connected(quarantineInGmail, {
        ...clients,
        secret: secretOf(secrets, gmail.secretArn, GmailSecret),
      }),
    );
  return mechanisms;
};
