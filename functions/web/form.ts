// Issues and checks the nonce that ties a form to its link and its time.
import * as z from 'zod/mini';
import { type Mac, signClaims, verifyClaims } from '../links/signed-claims.ts';

const FormClaims = z.strictObject({
  id: z.string().check(z.minLength(1), z.maxLength(64)),
  /** Seconds since 1970. */
  issued: z.int(),
});

/** Older pages may be out of date: the person must look again. */
export const FORM_OPEN_MINUTES = 30;

const domainOf = (token: string) => `countermand form v1\n${token}`;

export const issueNonce = (
  mac: Pick<Mac, 'generate'>,
  token: string,
  id: string,
  now: Date,
): Promise<string> =>
  signClaims(mac, domainOf(token), { id, issued: Math.floor(now.getTime() / 1000) });

/** When the form was shown; null for a nonce of another link. It can be used twice: the record accepts one decision. */
export async function readNonce(
  mac: Pick<Mac, 'verify'>,
  token: string,
  nonce: string,
  now: Date,
): Promise<{ at: Date; isStale: boolean } | null> {
  const claims = await verifyClaims(mac, domainOf(token), nonce, FormClaims);
  if (!claims) return null;
  const minutes = (now.getTime() / 1000 - claims.issued) / 60;
  return { at: new Date(claims.issued * 1000), isStale: minutes >= FORM_OPEN_MINUTES };
}
