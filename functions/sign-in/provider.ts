// Connects the account's identity provider, as its policy describes it.
import * as z from 'zod/mini';
import type { HttpClients } from '../platform/http.ts';
import { asText, type SecretClients, secretOf } from '../platform/secret.ts';
import type { SignIn } from '../policy/schemas/account.ts';
import { createProvider, type Provider } from './oidc.ts';

/** Where the provider redirects after signing in. It must be registered with the provider. */
export const RETURN_PATH = '/signed-in';

export const providerFrom = (
  signIn: SignIn,
  webBaseUrl: string,
  clients: HttpClients & SecretClients,
): Provider =>
  createProvider(signIn, {
    ...clients,
    secret: secretOf(clients, signIn.clientSecret, z.string().check(z.minLength(1)), asText),
    redirectUri: webBaseUrl + RETURN_PATH,
  });
