// An analyst built at its first request, under the deadline of that request.
import type { Analyst } from './brief.ts';

/**
 * Reading the API key counts towards the deadline. If building fails, the analysis fails and the next alert retries.
 * If the provider rejects the key, it is read once more.
 */
export function lazyAnalyst(
  { origin, model }: Pick<Analyst, 'origin' | 'model'>,
  build: () => Promise<Analyst>,
): Analyst {
  let built: Promise<Analyst> | undefined;
  return {
    origin,
    model,
    async judge(brief, signal, log) {
      built ??= build();
      const analyst = await built.catch((error: unknown) => {
        built = undefined;
        throw error;
      });
      try {
        return await analyst.judge(brief, signal, log);
      } catch (error) {
        // The key may have been rotated. One more attempt, with the key that the secret has now.
        if (built === undefined || !isRejectedKey(error)) throw error;
        built = build();
        return await (await built).judge(brief, signal, log);
      }
    },
  };
}

const isRejectedKey = (error: unknown): boolean =>
  error instanceof Error && 'status' in error && error.status === 401;

/**
 * The Anthropic API key from a plain-text secret. Throws TypeError, without the secret's value, for any other content.
 */
export function parseApiKey(secret: string | undefined): string {
  const key = secret?.trim() ?? '';
  // An invalid value would become a header, and the client quotes a header that it can't send in its error.
  if (!/^[\w-]{16,}$/.test(key))
    throw new TypeError('the secret does not hold an API key as plain text');
  return key;
}
