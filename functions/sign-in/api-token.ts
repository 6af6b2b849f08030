// Tokens of the read-only API: short-lived, and valid for nothing else.
import * as z from 'zod/mini';
import { type Mac, signClaims, verifyClaims } from '../links/signed-claims.ts';

/** The audience. No page accepts a token, and the API accepts no cookie or link. */
const DOMAIN = 'countermand api v1';
export const TOKEN_MINUTES = 60;
/** `expires` is in seconds since 1970. */
const Claims = z.strictObject({ person: z.string(), expires: z.int() });

export type Token = { token: string; expiresAt: Date };

export async function issueToken(
  { pages, now }: { pages: Pick<Mac, 'generate'>; now: () => Date },
  person: string,
): Promise<Token> {
  const expires = Math.floor(now().getTime() / 1000) + TOKEN_MINUTES * 60;
  const token = await signClaims(pages, DOMAIN, { person, expires });
  return { token, expiresAt: new Date(expires * 1000) };
}

/** The person of a valid `Authorization` header, or null. */
export async function whoHasToken(
  { pages, now }: { pages: Pick<Mac, 'verify'>; now: () => Date },
  header: string | undefined,
): Promise<string | null> {
  const [, token = ''] = /^Bearer ([\w.-]+)$/i.exec(header ?? '') ?? [];
  const claims = await verifyClaims(pages, DOMAIN, token, Claims);
  return claims && claims.expires * 1000 > now().getTime() ? claims.person : null;
}
