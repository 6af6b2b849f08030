// What the site gives out and takes back: claims under a MAC, each kind in a domain of its own.
import type * as z from 'zod';

/** HMAC-SHA-256 under a key that the caller never sees: KMS in an account, a key file on a laptop. */
export type Mac = {
  generate(message: Uint8Array): Promise<Uint8Array>;
  /** Compares in constant time: the platform does it. */
  verify(message: Uint8Array, mac: Uint8Array): Promise<boolean>;
};

/** Where a seal counts: its kind, and for a seal that belongs to something, what that is. Never from outside. */
export type Domain = string;

/** Longer than anything that we give out, and within the 4096 bytes that KMS takes; what is longer is not looked at. */
const MAX_LENGTH = 2048;

const message = (domain: Domain, payload: string): Uint8Array =>
  new TextEncoder().encode(`${domain}\n${payload}`);

/** Claims and MAC, both base64url. */
export async function seal(
  mac: Pick<Mac, 'generate'>,
  domain: Domain,
  claims: object,
): Promise<string> {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const code = await mac.generate(message(domain, payload));
  return `${payload}.${Buffer.from(code).toString('base64url')}`;
}

/** The claims, or null, whatever is wrong. The MAC is checked before anything in them is believed. */
export async function unseal<T>(
  mac: Pick<Mac, 'verify'>,
  domain: Domain,
  sealed: string,
  shape: z.ZodType<T>,
): Promise<T | null> {
  const [payload, code, ...rest] = sealed.length <= MAX_LENGTH ? sealed.split('.') : [];
  if (!payload || !code || rest.length > 0) return null;
  const bytes = Buffer.from(code, 'base64url');
  // base64url has several spellings of the same bytes; we issue one, and take that one.
  if (bytes.toString('base64url') !== code) return null;
  if (!(await mac.verify(message(domain, payload), bytes))) return null;
  const claims = shape.safeParse(parsed(payload));
  return claims.success ? claims.data : null;
}

/**
 * What follows from a text under our key, and from nothing else: KMS's answer is the raw HMAC.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateMac.html
 */
export const derived = async (
  mac: Pick<Mac, 'generate'>,
  domain: Domain,
  text: string,
): Promise<string> => Buffer.from(await mac.generate(message(domain, text))).toString('base64url');

function parsed(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    // Sealed by us and no JSON cannot be; read as no claims it is refused like any other.
    return null;
  }
}
