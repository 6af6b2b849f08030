// Signs approvers in with OpenID Connect, if policy requires it.

import type { Context } from 'hono';
import { RetryableError } from '../domain/errors.ts';
import type { Mac } from '../links/signed-claims.ts';
import { errorFields, type Log } from '../platform/log.ts';
import type { Policy } from '../policy/policy.ts';
import type { SignIn } from '../policy/schemas/account.ts';
import type { Person } from '../policy/schemas/escalation.ts';
import type { Identity, Provider } from './oidc.ts';
import { noticePage } from './pages/frame.ts';
import { RETURN_PATH } from './provider.ts';
import { startAttempt, startSession, takeAttempt } from './session.ts';
import { SIGN_IN } from './texts/errors.ts';

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

/** Redirects to the provider. The link at `path` is already verified as this person's. */
export async function beginSignIn(
  deps: SignInDeps,
  c: Context,
  { path, person: id }: { path: string; person: string },
): Promise<Response> {
  const { provider, policy } = deps;
  const person = policy.escalation.people[id];
  if (!provider || !person) return c.notFound();
  try {
    const attempt = await startAttempt(deps, c, { path, person: id });
    const hint = policy.signIn?.claim === 'email' ? person.email : null;
    return c.redirect((await provider.begin(attempt, hint)).href, 303);
  } catch (error) {
    return failed(deps, c, error, path);
  }
}

/** Handles the return from the provider: the person must be the one of the original link. */
export async function finishSignIn(deps: SignInDeps, c: Context): Promise<Response> {
  const { provider, policy, webBaseUrl } = deps;
  if (!provider || !policy.signIn) return c.notFound();
  const begun = await takeAttempt(deps, c);
  if (!begun) return c.html(noticePage(SIGN_IN.startAgain), 400);
  const { path, person: id, attempt } = begun;
  const person = policy.escalation.people[id];
  let identity: Identity;
  try {
    const { search } = new URL(c.req.url);
    identity = await provider.finish(attempt, new URL(RETURN_PATH + search, webBaseUrl));
  } catch (error) {
    return failed(deps, c, error, path);
  }
  const refused = person ? whyNot(policy.signIn, identity, person) : SIGN_IN.unknownPerson;
  if (refused) {
    deps.log('warn', 'another person signed in', { person: id });
    return c.html(noticePage(SIGN_IN.otherPerson(person?.name ?? id, refused), path), 403);
  }
  await startSession(deps, c, id);
  return c.redirect(path, 303);
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

/** No one decides without signing in. The other approvers are still asked. */
function failed(
  { log }: SignInDeps,
  c: Context,
  error: unknown,
  path: string,
): Response | Promise<Response> {
  const isDown = error instanceof RetryableError;
  log(isDown ? 'error' : 'warn', 'sign-in failed', errorFields(error));
  return isDown
    ? c.html(noticePage(SIGN_IN.unavailable, path), 503)
    : c.html(noticePage(SIGN_IN.refused, path), 403);
}
