// Signed links: who may do what to which action until when. Pure but for the MAC, which is injected.
import { z } from 'zod';
import { ActionId, IncidentId } from '../domain/action.ts';

/** Each purpose is a MAC domain of its own: a link for one is worthless for another. */
export const Purpose = z.enum(['approve', 'review']);
export type Purpose = z.infer<typeof Purpose>;

export const LinkClaims = z.strictObject({
  purpose: Purpose,
  incidentId: IncidentId,
  actionId: ActionId,
  /** Digest of the exact action; the page and the decision refuse any other. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** Id of the person in policy. */
  person: z.string(),
  /** Seconds since 1970: after this the link is refused. */
  expires: z.int(),
});
export type LinkClaims = z.infer<typeof LinkClaims>;

/** HMAC-SHA-256 under a key that the caller never sees: KMS in an account, a key file on a laptop. */
export type Mac = {
  generate(message: Uint8Array): Promise<Uint8Array>;
  verify(message: Uint8Array, mac: Uint8Array): Promise<boolean>;
};
