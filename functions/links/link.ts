// Signed links: who may do what to which action, and until when.
import * as z from 'zod/mini';
import { ActionId, IncidentId } from '../domain/action.ts';
import { type Mac, signClaims, verifyClaims } from './signed-claims.ts';

/** Purposes that have a page. */
export const PagePurpose = z.enum(['approve', 'review', 'ask-anew', 'judge']);
export type PagePurpose = z.infer<typeof PagePurpose>;
/** Each purpose is its own MAC domain: a link for one purpose is invalid for every other. */
export const Purpose = z.enum([...PagePurpose.options, 'slack']);
export type Purpose = z.infer<typeof Purpose>;

export const LinkClaims = z.strictObject({
  purpose: Purpose,
  incidentId: IncidentId,
  actionId: ActionId,
  /** Digest of the exact action. The page and the decision reject any other action. */
  digest: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  /** ID of the person in policy. */
  person: z.string().check(z.minLength(1), z.maxLength(64)),
  /** Seconds since 1970. After this time the link is rejected. */
  expires: z.int(),
});
export type LinkClaims = z.infer<typeof LinkClaims>;

const domainOf = (purpose: Purpose) => `countermand link v1\n${purpose}`;

/** The token: the last part of the link's path. */
export const issueLink = (mac: Pick<Mac, 'generate'>, claims: LinkClaims): Promise<string> =>
  signClaims(mac, domainOf(claims.purpose), LinkClaims.parse(claims));

export type ReadLink =
  | { ok: true; claims: LinkClaims }
  | { ok: false; why: 'expired'; claims: LinkClaims }
  | { ok: false; why: 'invalid' };

/** The claims of a link for this purpose. Returns `invalid` for every token that we did not issue. */
export async function readLink(
  mac: Pick<Mac, 'verify'>,
  token: string,
  purpose: Purpose,
  now: Date,
): Promise<ReadLink> {
  const claims = await verifyClaims(mac, domainOf(purpose), token, LinkClaims);
  // The MAC domain already separates purposes. If claims and domain ever disagree, reject both.
  if (claims?.purpose !== purpose) return { ok: false, why: 'invalid' };
  return claims.expires * 1000 > now.getTime()
    ? { ok: true, claims }
    : { ok: false, why: 'expired', claims };
}
