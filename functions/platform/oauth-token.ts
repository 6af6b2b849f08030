// OAuth 2.0 access tokens: cached until shortly before they expire.
import * as z from 'zod/mini';
import { Denied } from '../domain/errors.ts';

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
export const TokenAnswer = z.object({
  access_token: z.string().check(z.minLength(1)),
  token_type: z.string().check(z.regex(/^bearer$/i)),
  expires_in: z.number().check(z.positive()),
});
type TokenAnswer = z.infer<typeof TokenAnswer>;

/** A token that expires during a call would be rejected. */
const SPARE_SECONDS = 120;

/** @example const withToken = createTokenCache(() => grant(), () => new Date()); await withToken((token) => call(token)) */
export function createTokenCache(grant: () => Promise<TokenAnswer>, now: () => Date) {
  let kept: { token: string; until: number } | undefined;

  async function token(): Promise<string> {
    if (kept && now().getTime() < kept.until) return kept.token;
    const { access_token, expires_in } = await grant();
    kept = {
      token: access_token,
      until: now().getTime() + (expires_in - SPARE_SECONDS) * 1000,
    };
    return access_token;
  }

  /** Calls with a token. If the service rejects it (401), calls once more with a new token. */
  return async function withToken<T>(call: (token: string) => Promise<T>): Promise<T> {
    const first = await token();
    try {
      return await call(first);
    } catch (error) {
      if (!(error instanceof Denied && error.ids.status === 401)) throw error;
      if (kept?.token === first) kept = undefined;
      return call(await token());
    }
  };
}
