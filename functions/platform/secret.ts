// Secrets from Secrets Manager: read on first use and cached.

import { isDeepStrictEqual } from 'node:util';
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type * as z from 'zod/mini';
import { Denied, InvalidInput } from '../domain/errors.ts';
import { jsonOf } from '../domain/json.ts';
import { aws } from './aws-errors.ts';

export type SecretClients = {
  secretsManager: Pick<SecretsManager, 'getSecretValue'>;
  now: () => Date;
};
/** `fresh` skips the cache. */
export type Secret<T> = (fresh?: boolean) => Promise<T>;

/** A rotated secret is used within this time. */
const KEPT_MS = 5 * 60_000;

/**
 * A secret of this shape, JSON unless `read` says otherwise. `secretArn` is its name or ARN. A failed read is not
 * cached. Throws a typed error. An error about the content names the invalid fields, never their values.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export function secretOf<T>(
  { secretsManager, now }: SecretClients,
  secretArn: string,
  shape: z.ZodMiniType<T>,
  read: (text: string) => unknown = jsonOf,
): Secret<T> {
  let kept: { value: T; until: number } | undefined;
  return async (fresh = false) => {
    if (kept && !fresh && now().getTime() < kept.until) return kept.value;
    const { SecretString } = await aws('reading a secret', { secretArn }, () =>
      secretsManager.getSecretValue({ SecretId: secretArn }),
    );
    const value = contentOf(read(SecretString ?? ''), secretArn, shape);
    kept = { value, until: now().getTime() + KEPT_MS };
    return value;
  };
}

/** Reads the secret as plain text, without the line break at its end. */
export const asText = (text: string): string => text.trim();

/** Calls with the secret. If it is rejected and was rotated in the meantime, calls once more with the new one. */
export async function withSecret<T, R>(
  secret: Secret<T>,
  call: (value: T) => Promise<R>,
): Promise<R> {
  const first = await secret();
  try {
    return await call(first);
  } catch (error) {
    if (!(error instanceof Denied)) throw error;
    const second = await secret(true);
    if (isDeepStrictEqual(second, first)) throw error;
    return call(second);
  }
}

function contentOf<T>(content: unknown, secretArn: string, shape: z.ZodMiniType<T>): T {
  const parsed = shape.safeParse(content);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'the whole value');
  throw new InvalidInput(`the secret has invalid fields: ${fields.join(', ')}`, { secretArn });
}
