// Tokens of the read-only API: short-lived, and valid for nothing else.
import * as z from 'zod/mini';
import { type Mac, signClaims, verifyClaims } from '../links/signed-claims.ts';
import type { Store } from '../store/store.ts';

/** The audience. No page accepts a token, and the API accepts no cookie or link. */
const DOMAIN = 'countermand api v2';
export const TOKEN_MINUTES = 60;
/** `issued` is in milliseconds since 1970. */
const Claims = z.strictObject({ person: z.string(), issued: z.int() });

export type Token = { token: string; expiresAt: Date };

const endOf = (issued: number): Date => new Date(issued + TOKEN_MINUTES * 60_000);

export async function issueToken(
  { pages, now }: { pages: Pick<Mac, 'generate'>; now: () => Date },
  person: string,
): Promise<Token> {
  const issued = now().getTime();
  const token = await signClaims(pages, DOMAIN, { person, issued });
  return { token, expiresAt: endOf(issued) };
}

type Reader = {
  pages: Pick<Mac, 'verify'>;
  store: { reads: Pick<Store['reads'], 'tokensEnded'> };
  now: () => Date;
};

/** The person of a valid `Authorization` header, or null. Throws if the ends of their tokens can't be read. */
export async function whoHasToken(
  { pages, store, now }: Reader,
  header: string | undefined,
): Promise<string | null> {
  const [, token = ''] = /^Bearer ([\w.-]+)$/i.exec(header ?? '') ?? [];
  const claims = await verifyClaims(pages, DOMAIN, token, Claims);
  if (!claims || endOf(claims.issued) <= now()) return null;
  const ended = await store.reads.tokensEnded(claims.person);
  return ended && claims.issued <= ended.getTime() ? null : claims.person;
}
