// The HTTP and Secrets Manager clients of functions in AWS.
import { setTimeout } from 'node:timers/promises';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { HttpClients } from './http.ts';
import type { SecretClients } from './secret.ts';

export const remoteClients = (): HttpClients & SecretClients => ({
  http: { fetch: (url, init) => fetch(url, init) },
  sleep: (milliseconds) => setTimeout(milliseconds),
  secretsManager: new SecretsManager({}),
  now: () => new Date(),
});
