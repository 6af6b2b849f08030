// Stores sessions and sign-in attempts in signed cookies, without server state.
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import * as z from 'zod/mini';
import { deriveToken, type Mac, signClaims, verifyClaims } from '../links/signed-claims.ts';
import type { Attempt } from './oidc.ts';

type Deps = { pages: Mac; newId: () => string; now: () => Date };
/** For functions that read sessions and must not sign them. */
export type SessionReader = { pages: Pick<Mac, 'verify'>; now: () => Date };

/** Seconds since 1970. */
const expires = z.int();
const SessionClaims = z.strictObject({
  person: z.string(),
  /**
   * When the provider authenticated the person, in seconds since 1970. Null if the sign-in required no new
   * authentication.
   */
  authTime: z._default(z.nullable(z.int()), null),
  expires,
});
const ConsoleClaims = z.strictObject({ person: z.string(), expires });
const AttemptClaims = z.strictObject({
  state: z.string(),
  /** The path to return to. */
  path: z.string(),
  /** The owner of the link; null for a sign-in from the console. */
  person: z.nullable(z.string()),
  /** Whether the provider must authenticate the person again, even in a running session. */
  isFresh: z._default(z.boolean(), false),
  expires,
});
type From = Pick<z.infer<typeof AttemptClaims>, 'path' | 'person' | 'isFresh'>;

/** Allows decisions. */
const SESSION = { name: 'countermand-session', domain: 'countermand session v1', minutes: 15 };
/** Allows reading the console, writing notes and halting for a working day, but no decision and no resumption. */
const CONSOLE = { name: 'countermand-console', domain: 'countermand console v1', minutes: 8 * 60 };
const ATTEMPT = { name: 'countermand-sign-in', domain: 'countermand sign-in v1', minutes: 10 };
/**
 * Another cookie: a page of the console that opens again must not end the sign-in of a person who is about to decide.
 */
const CONSOLE_ATTEMPT = { ...ATTEMPT, name: 'countermand-console-sign-in' };
type Cookie = typeof SESSION;
const HOST_ONLY = { prefix: 'host', secure: true } as const;

/** The person with a valid session in this browser, or null. */
export const whoSignedIn = async (deps: SessionReader, c: Context): Promise<string | null> =>
  (await read(deps, c, SESSION, SessionClaims))?.person ?? null;

/** The person with a valid console session in this browser, or null. Not sufficient to decide or resume. */
export const whoIsAtConsole = async (deps: SessionReader, c: Context): Promise<string | null> =>
  (await read(deps, c, CONSOLE, ConsoleClaims))?.person ?? null;

export type FreshSignIn = { person: string; authTime: Date };
/** How old the authentication of a person who resumes may be. */
export const FRESH_MINUTES = 5;

/** The person, if the provider authenticated them in the last five minutes; otherwise null. */
export async function whoSignedInAfresh(
  deps: SessionReader,
  c: Context,
): Promise<FreshSignIn | null> {
  const claims = await read(deps, c, SESSION, SessionClaims);
  if (!claims || claims.authTime === null) return null;
  const authTime = new Date(claims.authTime * 1000);
  return isRecent(authTime, deps.now()) ? { person: claims.person, authTime } : null;
}

/** Whether the authentication is recent enough to resume. The provider's clock may be a minute ahead. */
export const isRecent = (authTime: Date, now: Date): boolean => {
  const minutes = (now.getTime() - authTime.getTime()) / 60_000;
  return minutes >= -1 && minutes <= FRESH_MINUTES;
};

export const startSession = (
  deps: Deps,
  c: Context,
  { person, authTime }: { person: string; authTime: number | null },
): Promise<void> => write(deps, c, SESSION, { person, authTime });

export const startConsole = (deps: Deps, c: Context, person: string): Promise<void> =>
  write(deps, c, CONSOLE, { person });

/** Ends both sessions of this browser. */
export const endSessions = (c: Context): void => {
  for (const { name } of [SESSION, CONSOLE]) deleteCookie(c, name, HOST_ONLY);
};

/** Stores the state that the provider's answer must match. */
export async function startAttempt(deps: Deps, c: Context, from: From): Promise<Attempt> {
  const state = deps.newId();
  const cookie = from.person === null ? CONSOLE_ATTEMPT : ATTEMPT;
  await write(deps, c, cookie, { state, ...from });
  return attemptOf(deps, state, from.isFresh);
}

/** Reads and deletes the attempt of this browser that the provider's answer belongs to. */
export async function takeAttempt(
  deps: Deps,
  c: Context,
): Promise<(From & { attempt: Attempt }) | null> {
  const all = await Promise.all(
    [ATTEMPT, CONSOLE_ATTEMPT].map(async (cookie) => {
      const claims = await read(deps, c, cookie, AttemptClaims);
      return claims ? [{ cookie, claims }] : [];
    }),
  );
  const begun = all.flat();
  // Without a match, the answer of the provider is refused.
  const found = begun.find(({ claims }) => claims.state === c.req.query('state')) ?? begun[0];
  if (!found) return null;
  deleteCookie(c, found.cookie.name, HOST_ONLY);
  const { state, path, person, isFresh } = found.claims;
  return { path, person, isFresh, attempt: await attemptOf(deps, state, isFresh) };
}

/** Derives nonce and verifier from the state under our key, so that no cookie contains them. */
async function attemptOf({ pages }: Deps, state: string, isFresh: boolean): Promise<Attempt> {
  const [nonce, verifier] = await Promise.all([
    deriveToken(pages, 'countermand sign-in nonce v1', state),
    deriveToken(pages, 'countermand sign-in verifier v1', state),
  ]);
  return { state, nonce, verifier, isFresh };
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
  { pages, now }: SessionReader,
  c: Context,
  { name, domain }: Cookie,
  shape: z.ZodMiniType<T>,
): Promise<T | null> {
  const claims = await verifyClaims(pages, domain, getCookie(c, name, 'host') ?? '', shape);
  return claims && claims.expires * 1000 > now().getTime() ? claims : null;
}
