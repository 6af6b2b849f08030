// Signs people in with OpenID Connect, if policy requires it.

import type { Context } from 'hono';
import { RetryableError } from '../domain/errors.ts';
import type { Mac } from '../links/signed-claims.ts';
import { errorFields, type Log } from '../platform/log.ts';
import type { Policy } from '../policy/policy.ts';
import type { SignIn } from '../policy/schemas/account.ts';
import type { Escalation, Person } from '../policy/schemas/escalation.ts';
import { noticePage } from '../site/page.ts';
import { BACK_TO_CONSOLE, consolePathIn } from './console-path.ts';
import type { Identity, Provider } from './oidc.ts';
import { RETURN_PATH } from './provider.ts';
import { isRecent, startAttempt, startConsole, startSession, takeAttempt } from './session.ts';
import { SIGN_IN } from './texts.ts';

export type SignInDeps = {
  policy: Policy;
  /** Null if policy requires no sign-in. */
  provider: Provider | null;
  pages: Mac;
  webBaseUrl: string;
  newId: () => string;
  now: () => Date;
  log: Log;
};

/** `person`: the owner of the link at `path`; null for the console. */
type From = { path: string; person: string | null; isFresh: boolean };

/** Redirects to the provider. The link at `path` is already verified as this person's. */
export async function beginSignIn(
  deps: SignInDeps,
  c: Context,
  { path, person: id }: { path: string; person: string },
): Promise<Response> {
  const person = deps.policy.escalation.people[id];
  if (!person) return c.notFound();
  const hint = deps.policy.signIn?.claim === 'email' ? person.email : null;
  return begin(deps, c, { path, person: id, isFresh: false }, hint);
}

/**
 * Redirects to the provider from a page of the console. With `fresh` in the query, the provider must authenticate the
 * person again.
 */
export const beginConsoleSignIn = (deps: SignInDeps, c: Context): Promise<Response> => {
  const path = consolePathIn(c.req.query('to'), deps.webBaseUrl);
  return begin(deps, c, { path, person: null, isFresh: c.req.query('fresh') !== undefined }, null);
};

async function begin(
  deps: SignInDeps,
  c: Context,
  from: From,
  hint: string | null,
): Promise<Response> {
  if (!deps.provider) return c.notFound();
  try {
    const attempt = await startAttempt(deps, c, from);
    return c.redirect((await deps.provider.begin(attempt, hint)).href, 303);
  } catch (error) {
    return failed(deps, c, error, from);
  }
}

/**
 * Handles the return from the provider. The identity must be that of the owner of the link or, for the console, of
 * exactly one person in policy.
 */
export async function finishSignIn(deps: SignInDeps, c: Context): Promise<Response> {
  const { provider, policy, webBaseUrl } = deps;
  if (!provider || !policy.signIn) return c.notFound();
  const begun = await takeAttempt(deps, c);
  if (!begun) return c.html(noticePage(SIGN_IN.startAgain), 400);
  let identity: Identity;
  try {
    const { search } = new URL(c.req.url);
    identity = await provider.finish(begun.attempt, new URL(RETURN_PATH + search, webBaseUrl));
  } catch (error) {
    return failed(deps, c, error, begun);
  }
  const authTime = begun.isFresh ? authTimeIn(identity, deps.now()) : null;
  const found = whoIs(policy.signIn, identity, policy.escalation.people, begun);
  const refused =
    'refused' in found ? found.refused : weakness(policy.signIn, identity, begun, authTime);
  if ('refused' in found || refused) {
    deps.log('warn', 'a sign-in was refused', { person: begun.person, why: refused?.title });
    return c.html(noticePage(refused ?? SIGN_IN.refused, backTo(begun)), 403);
  }
  await startSession(deps, c, { person: found.person, authTime });
  if (begun.person === null) await startConsole(deps, c, found.person);
  return c.redirect(begun.path, 303);
}

type Found = { person: string } | { refused: { title: string; text: string } };

function whoIs(
  signIn: SignIn,
  identity: Identity,
  people: Escalation['people'],
  { person: id }: Pick<From, 'person'>,
): Found {
  if (id === null) return whoMatches(signIn, identity, people);
  const person = people[id];
  const why = person ? whyNot(signIn, identity, person) : SIGN_IN.unknownPerson;
  return why ? { refused: SIGN_IN.otherPerson(person?.name ?? id, why) } : { person: id };
}

/** The only person in policy with this identity. */
function whoMatches(signIn: SignIn, identity: Identity, people: Escalation['people']): Found {
  const reasons = Object.entries(people).map(
    ([id, person]) => [id, whyNot(signIn, identity, person)] as const,
  );
  const [first, ...others] = reasons.filter(([, why]) => why === null);
  if (first && others.length === 0) return { person: first[0] };
  const why = reasons.map(([, reason]) => reason).find((one) => one !== SIGN_IN.wrongAccount);
  const text = first ? SIGN_IN.severalMatch : (why ?? SIGN_IN.noOneMatches);
  return { refused: SIGN_IN.notInPolicy(text) };
}

/** Why the authentication is too weak or not recent enough, or null. */
function weakness(
  { acrValues }: SignIn,
  { acr }: Identity,
  { isFresh }: Pick<From, 'isFresh'>,
  authTime: number | null,
) {
  if (isFresh && authTime === null) return SIGN_IN.notFresh;
  const hasFactor = acrValues.length === 0 || acrValues.some((value) => value === acr);
  return hasFactor ? null : SIGN_IN.noSecondFactor;
}

/** When the provider authenticated the person, in seconds since 1970; null if that is unknown or not recent. */
function authTimeIn({ auth_time: seconds }: Identity, now: Date): number | null {
  if (typeof seconds !== 'number' || !Number.isSafeInteger(seconds)) return null;
  return isRecent(new Date(seconds * 1000), now) ? seconds : null;
}

/** Why this identity is not the person's; null if it is. An unverified email address proves nothing. */
export function whyNot(
  { claim }: Pick<SignIn, 'claim'>,
  identity: Identity,
  { email, subject }: Pick<Person, 'email' | 'subject'>,
): string | null {
  const other = SIGN_IN.wrongAccount;
  const said = identity[claim];
  if (typeof said !== 'string') return SIGN_IN.noClaim(claim);
  if (claim !== 'email') return subject !== undefined && said === subject ? null : other;
  if (identity.email_verified !== true) return SIGN_IN.unverified;
  // Some letters beyond ASCII have an ASCII lower case.
  const isPlain = /^[\x21-\x7e]+$/.test(said);
  return isPlain && said.toLowerCase() === email.toLowerCase() ? null : other;
}

const backTo = ({ path, person }: Pick<From, 'path' | 'person'>) => ({
  path,
  label: person === null ? BACK_TO_CONSOLE.label : SIGN_IN.backToRequest,
});

/** No one decides without signing in. The other approvers are still asked. */
function failed(
  { log }: SignInDeps,
  c: Context,
  error: unknown,
  from: Pick<From, 'path' | 'person'>,
): Response | Promise<Response> {
  const isDown = error instanceof RetryableError;
  log(isDown ? 'error' : 'warn', 'sign-in failed', errorFields(error));
  return isDown
    ? c.html(noticePage(SIGN_IN.unavailable, backTo(from)), 503)
    : c.html(noticePage(SIGN_IN.refused, backTo(from)), 403);
}
