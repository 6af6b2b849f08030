// An analyst that is built when it is first asked: reading its key is then under the same deadline as asking it.
import type { Analyst } from './brief.ts';

/** A failure to build it is a failed analysis like any other, and the next alert tries again. */
export function whenAsked(
  { origin, model }: Pick<Analyst, 'origin' | 'model'>,
  build: () => Promise<Analyst>,
): Analyst {
  let built: Promise<Analyst> | undefined;
  return {
    origin,
    model,
    async judge(brief, signal) {
      built ??= build();
      const analyst = await built.catch((error: unknown) => {
        built = undefined;
        throw error;
      });
      return analyst.judge(brief, signal);
    },
  };
}

/** Anthropic's key from a secret, which holds the key alone as plain text. Never says what it found instead. */
export function apiKeyIn(secret: string | undefined): string {
  const key = secret?.trim() ?? '';
  // Anything else would become a header, and a header that cannot be sent is quoted in the error.
  if (!/^[\w-]{16,}$/.test(key))
    throw new TypeError('the secret does not hold an API key as plain text');
  return key;
}
