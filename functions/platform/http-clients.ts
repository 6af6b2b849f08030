// How functions in AWS reach services outside it: the platform's fetch, and the secrets that policy names.
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
