// Signed links: who may do what to which action until when. Pure but for the MAC, which is injected.
import * as z from 'zod';
import { ActionId, IncidentId } from '../domain/action.ts';
import { type Mac, seal, unseal } from './signed-claims.ts';

/** Each purpose is a MAC domain of its own: a link for one is worthless for another. */
export const Purpose = z.enum(['approve', 'review', 'ask-anew', 'judge', 'slack']);
export type Purpose = z.infer<typeof Purpose>;
/** Those that have a page. */
export const PagePurpose = Purpose.exclude(['slack']);
export type PagePurpose = z.infer<typeof PagePurpose>;

export const LinkClaims = z.strictObject({
  purpose: Purpose,
  incidentId: IncidentId,
  actionId: ActionId,
  /** Digest of the exact action; the page and the decision refuse any other. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** Id of the person in policy. */
  person: z.string().min(1).max(64),
  /** Seconds since 1970: after this the link is refused. */
  expires: z.int(),
});
export type LinkClaims = z.infer<typeof LinkClaims>;

const domainOf = (purpose: Purpose) => `countermand link v1\n${purpose}`;

/** The link's last part. */
export const issueLink = (mac: Pick<Mac, 'generate'>, claims: LinkClaims): Promise<string> =>
  seal(mac, domainOf(claims.purpose), LinkClaims.parse(claims));

export type ReadLink =
  | { ok: true; claims: LinkClaims }
  | { ok: false; why: 'expired'; claims: LinkClaims }
  | { ok: false; why: 'invalid' };

/** The claims of a link for this purpose; whatever is wrong with one that we did not issue, the answer is `invalid`. */
export async function readLink(
  mac: Pick<Mac, 'verify'>,
  token: string,
  purpose: Purpose,
  now: Date,
): Promise<ReadLink> {
  const claims = await unseal(mac, domainOf(purpose), token, LinkClaims);
  // A domain of its own keeps a purpose apart already; should the two ever disagree, neither counts.
  if (claims?.purpose !== purpose) return { ok: false, why: 'invalid' };
  return claims.expires * 1000 > now.getTime()
    ? { ok: true, claims }
    : { ok: false, why: 'expired', claims };
}
