// A secret of Secrets Manager: read when it is first needed, kept for a while, never part of a message.
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { z } from 'zod';
import { aws } from '../audit/aws-errors.ts';
import { InvalidInput } from '../domain/errors.ts';

export type SecretClients = {
  secretsManager: Pick<SecretsManager, 'getSecretValue'>;
  now: () => Date;
};
export type Secret<T> = () => Promise<T>;

/** A rotated secret is taken up within this time. */
const KEPT_MS = 5 * 60_000;

/**
 * A JSON secret of this shape. A failed read is not remembered. Throws a typed error; one about the content says which
 * fields are wrong, and nothing of what they hold.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export function secretOf<T>(
  { secretsManager, now }: SecretClients,
  secretArn: string,
  shape: z.ZodType<T>,
): Secret<T> {
  let kept: { value: T; until: number } | undefined;
  return async () => {
    if (kept && now().getTime() < kept.until) return kept.value;
    const { SecretString } = await aws('reading a secret', { secretArn }, () =>
      secretsManager.getSecretValue({ SecretId: secretArn }),
    );
    const value = contentOf(SecretString ?? '', secretArn, shape);
    kept = { value, until: now().getTime() + KEPT_MS };
    return value;
  };
}

function contentOf<T>(text: string, secretArn: string, shape: z.ZodType<T>): T {
  const parsed = shape.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'all of it');
  throw new InvalidInput(`the secret is not as expected: ${fields.join(', ')}`, { secretArn });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON has none of the fields; the parser's own message would quote it.
    return undefined;
  }
}
