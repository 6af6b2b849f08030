// Keeps a sign-in for 15 minutes in signed cookies, without server state.
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import * as z from 'zod/mini';
import { deriveToken, type Mac, signClaims, verifyClaims } from '../links/signed-claims.ts';
import type { Attempt } from './oidc.ts';

type Deps = { pages: Mac; newId: () => string; now: () => Date };

/** Seconds since 1970. */
const expires = z.int();
const SessionClaims = z.strictObject({ person: z.string(), expires });
const AttemptClaims = z.strictObject({
  state: z.string(),
  /** The path of the link to return to, and the person who owns it. */
  path: z.string(),
  person: z.string(),
  expires,
});
type From = Pick<z.infer<typeof AttemptClaims>, 'path' | 'person'>;

const SESSION = { name: 'countermand-session', domain: 'countermand session v1', minutes: 15 };
const ATTEMPT = { name: 'countermand-sign-in', domain: 'countermand sign-in v1', minutes: 10 };
type Cookie = typeof SESSION;

/** The person with a valid session in this browser, or null. */
export const whoSignedIn = async (deps: Deps, c: Context): Promise<string | null> =>
  (await read(deps, c, SESSION, SessionClaims))?.person ?? null;

export const startSession = (deps: Deps, c: Context, person: string): Promise<void> =>
  write(deps, c, SESSION, { person });

/** Stores the state that the provider's answer must match. */
export async function startAttempt(deps: Deps, c: Context, from: From): Promise<Attempt> {
  const state = deps.newId();
  await write(deps, c, ATTEMPT, { state, ...from });
  return attemptOf(deps, state);
}

/** Reads and deletes this browser's attempt. */
export async function takeAttempt(
  deps: Deps,
  c: Context,
): Promise<(From & { attempt: Attempt }) | null> {
  const claims = await read(deps, c, ATTEMPT, AttemptClaims);
  deleteCookie(c, ATTEMPT.name, { prefix: 'host', secure: true });
  if (!claims) return null;
  const { state, path, person } = claims;
  return { path, person, attempt: await attemptOf(deps, state) };
}

/** Derives nonce and verifier from the state under our key, so that no cookie contains them. */
async function attemptOf({ pages }: Deps, state: string): Promise<Attempt> {
  const [nonce, verifier] = await Promise.all([
    deriveToken(pages, 'countermand sign-in nonce v1', state),
    deriveToken(pages, 'countermand sign-in verifier v1', state),
  ]);
  return { state, nonce, verifier };
}

/** `__Host-`: TLS and this host only. Lax: the browser sends it with the provider's redirect. */
async function write({ pages, now }: Deps, c: Context, cookie: Cookie, claims: object) {
  const { name, domain, minutes } = cookie;
  const until = Math.floor(now().getTime() / 1000) + 60 * minutes;
  setCookie(c, name, await signClaims(pages, domain, { ...claims, expires: until }), {
    prefix: 'host',
    secure: true,
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    maxAge: 60 * minutes,
  });
}

async function read<T extends { expires: number }>(
  { pages, now }: Deps,
  c: Context,
  { name, domain }: Cookie,
  shape: z.ZodMiniType<T>,
): Promise<T | null> {
  const claims = await verifyClaims(pages, domain, getCookie(c, name, 'host') ?? '', shape);
  return claims && claims.expires * 1000 > now().getTime() ? claims : null;
}
