// Claims under a MAC. Each kind of claim has its own domain.

import type * as z from 'zod/mini';
import { jsonOf } from '../domain/json.ts';

/** HMAC-SHA-256 with a key that the caller never sees: KMS in an account, a key file on a laptop. */
export type Mac = {
  generate(message: Uint8Array): Promise<Uint8Array>;
  /** Compares in constant time, in KMS or in Node's crypto. */
  verify(message: Uint8Array, mac: Uint8Array): Promise<boolean>;
};

/** Where the claims are valid: their kind, and the object that they belong to, if any. Never taken from input. */
export type Domain = string;

/** Longer than any token that we issue, and below the limit of KMS (4096 bytes). Longer input is not parsed. */
const MAX_LENGTH = 2048;

const message = (domain: Domain, payload: string): Uint8Array =>
  new TextEncoder().encode(`${domain}\n${payload}`);

/** Signed claims: `<claims>.<MAC>`, both base64url. */
export async function signClaims(
  mac: Pick<Mac, 'generate'>,
  domain: Domain,
  claims: object,
): Promise<string> {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const code = await mac.generate(message(domain, payload));
  return `${payload}.${Buffer.from(code).toString('base64url')}`;
}

/** The claims, or null if anything is wrong. The MAC is verified before the claims are parsed. */
export async function verifyClaims<T>(
  mac: Pick<Mac, 'verify'>,
  domain: Domain,
  signed: string,
  shape: z.ZodMiniType<T>,
): Promise<T | null> {
  const [payload, code, ...rest] = signed.length <= MAX_LENGTH ? signed.split('.') : [];
  if (!payload || !code || rest.length > 0) return null;
  const bytes = Buffer.from(code, 'base64url');
  // The same bytes have several base64url encodings. Accept only the one that we issue.
  if (bytes.toString('base64url') !== code) return null;
  if (!(await mac.verify(message(domain, payload), bytes))) return null;
  const claims = shape.safeParse(parsed(payload));
  return claims.success ? claims.data : null;
}

/**
 * A value that only the holder of the key can derive from `text`. KMS returns the raw HMAC.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateMac.html
 */
export const deriveToken = async (
  mac: Pick<Mac, 'generate'>,
  domain: Domain,
  text: string,
): Promise<string> => Buffer.from(await mac.generate(message(domain, text))).toString('base64url');

/** Undefined if it is not JSON, which the caller rejects. */
const parsed = (payload: string): unknown => jsonOf(Buffer.from(payload, 'base64url').toString());
