// Signing in, where the account asks for it: a link shows the question, and only the person whom it names decides.
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

export type SignInDeps = {
  policy: Policy;
  /** Null where policy asks nobody to sign in. */
  provider: Provider | null;
  pages: Mac;
  webBaseUrl: string;
  newId: () => string;
  now: () => Date;
  log: Log;
};

/** Off to the provider. The link at `path` was opened already: it is this person's. */
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

/** Back from the provider: whoever came has to be the person of the link that they set out from. */
export async function finishSignIn(deps: SignInDeps, c: Context): Promise<Response> {
  const { provider, policy, webBaseUrl } = deps;
  if (!provider || !policy.signIn) return c.notFound();
  const begun = await takeAttempt(deps, c);
  if (!begun)
    return c.html(
      noticePage(
        'Please start again',
        'This sign-in was begun in another browser, or too long ago. Open the link in your message again. Nothing was decided.',
      ),
      400,
    );
  const { path, person: id, attempt } = begun;
  const person = policy.escalation.people[id];
  let identity: Identity;
  try {
    const { search } = new URL(c.req.url);
    identity = await provider.finish(attempt, new URL(RETURN_PATH + search, webBaseUrl));
  } catch (error) {
    return failed(deps, c, error, path);
  }
  const stranger = person ? whyNot(policy.signIn, identity, person) : 'It names nobody any more.';
  if (stranger) {
    deps.log('warn', 'somebody else signed in', { person: id });
    const text = `This link was sent to ${person?.name ?? id}. ${stranger} Nothing was decided.`;
    return c.html(noticePage('Not your link', text, path), 403);
  }
  await startSession(deps, c, id);
  return c.redirect(path, 303);
}

/** Why this identity is not the person's, or null where it is. An address that nobody verified may be anybody's. */
export function whyNot(
  { claim }: Pick<SignIn, 'claim'>,
  identity: Identity,
  { email, subject }: Pick<Person, 'email' | 'subject'>,
): string | null {
  const other = 'You signed in as somebody else.';
  const said = identity[claim];
  if (typeof said !== 'string') return `The provider did not say who you are: no “${claim}”.`;
  if (claim !== 'email') return subject !== undefined && said === subject ? null : other;
  if (identity.email_verified !== true)
    return 'The provider has not verified the address of the account that you signed in with.';
  // Some letters beyond ASCII have a lower case within it.
  const isPlain = /^[\x21-\x7e]+$/.test(said);
  return isPlain && said.toLowerCase() === email.toLowerCase() ? null : other;
}

/** Nobody decides without having signed in, whatever the reason; the others on the ladder are asked all the same. */
function failed(
  { log }: SignInDeps,
  c: Context,
  error: unknown,
  path: string,
): Response | Promise<Response> {
  const isDown = error instanceof RetryableError;
  log(isDown ? 'error' : 'warn', 'sign-in failed', errorFields(error));
  return isDown
    ? c.html(
        noticePage(
          'You cannot sign in now',
          'The identity provider does not answer, and without it nobody can decide. Nothing was decided; the others are asked when their time comes. Please try again in a minute.',
          path,
        ),
        503,
      )
    : c.html(
        noticePage(
          'The sign-in was refused',
          'What the identity provider said could not be taken. Nothing was decided.',
          path,
        ),
        403,
      );
}
