// Signed links: who may do what to which action until when. Pure but for the MAC, which is injected.
import { z } from 'zod';
import { ActionId, IncidentId } from '../domain/action.ts';

/** Each purpose is a MAC domain of its own: a link for one is worthless for another. */
export const Purpose = z.enum(['approve', 'review', 'ask-anew']);
export type Purpose = z.infer<typeof Purpose>;

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

/** HMAC-SHA-256 under a key that the caller never sees: KMS in an account, a key file on a laptop. */
export type Mac = {
  generate(message: Uint8Array): Promise<Uint8Array>;
  /** Compares in constant time: the platform does it. */
  verify(message: Uint8Array, mac: Uint8Array): Promise<boolean>;
};

/** Longer than any link that we issue; what is longer is not looked at. */
const MAX_LENGTH = 2048;

const signed = (purpose: Purpose, payload: string): Uint8Array =>
  new TextEncoder().encode(`countermand link v1\n${purpose}\n${payload}`);

/** The link's last part: claims and MAC, both base64url. */
export async function issueLink(mac: Pick<Mac, 'generate'>, claims: LinkClaims): Promise<string> {
  const payload = Buffer.from(JSON.stringify(LinkClaims.parse(claims))).toString('base64url');
  const code = await mac.generate(signed(claims.purpose, payload));
  return `${payload}.${Buffer.from(code).toString('base64url')}`;
}

export type ReadLink =
  | { ok: true; claims: LinkClaims }
  | { ok: false; why: 'expired'; claims: LinkClaims }
  | { ok: false; why: 'invalid' };

/**
 * The claims of a link for this purpose. The MAC is checked before anything in it is believed; whatever is wrong with
 * a link that we did not issue, the answer is the same `invalid`.
 */
export async function readLink(
  mac: Pick<Mac, 'verify'>,
  token: string,
  purpose: Purpose,
  now: Date,
): Promise<ReadLink> {
  const invalid = { ok: false, why: 'invalid' } as const;
  const [payload, code, ...rest] = token.length <= MAX_LENGTH ? token.split('.') : [];
  if (!payload || !code || rest.length > 0) return invalid;
  const bytes = Buffer.from(code, 'base64url');
  // base64url has several spellings of the same bytes; we issue one, and take that one.
  if (bytes.toString('base64url') !== code) return invalid;
  if (!(await mac.verify(signed(purpose, payload), bytes))) return invalid;
  const claims = LinkClaims.safeParse(parsed(payload));
  if (!claims.success || claims.data.purpose !== purpose) return invalid;
  return claims.data.expires * 1000 > now.getTime()
    ? { ok: true, claims: claims.data }
    : { ok: false, why: 'expired', claims: claims.data };
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    // Signed by us and no JSON cannot be; read as no claims it is refused like any other.
    return null;
  }
}
