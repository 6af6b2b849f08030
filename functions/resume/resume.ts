// Resumes after a halt: a fresh sign-in, a reason, a signed list of entries.
import type { Context, Hono } from 'hono';
import * as z from 'zod/mini';
import { minutesAfter, PRESS_MINUTES } from '../domain/time.ts';
import { signClaims, verifyClaims } from '../links/signed-claims.ts';
import { resumedText, switchNotice } from '../messaging/texts/switch.ts';
import { errorFields } from '../platform/log.ts';
import { may } from '../policy/may.ts';
import { BACK_TO_CONSOLE, CONSOLE_PATH } from '../sign-in/console-path.ts';
import { FRESH_MINUTES, type FreshSignIn, whoSignedInAfresh } from '../sign-in/session.ts';
import { noticePage } from '../site/page.ts';
import { signedInSite } from '../site/signed-in-site.ts';
import { digestOf } from '../store/hash-chain.ts';
import type { ResumeDeps } from './deps.ts';
import { resumePage } from './page.ts';
import { RESUME } from './texts.ts';

const PATH = '/console/resume';
const MAX_FORM_BYTES = 32_768;
/** One form ends at most this many entries. The page then shows the rest. */
export const MAX_SEEN = 100;

const FORM_DOMAIN = 'countermand resume form v1';
const FormClaims = z.strictObject({
  person: z.string(),
  /** SHA-256 of the IDs that the page showed. */
  seen: z.string(),
  /** Seconds since 1970. */
  expires: z.int(),
});

export function createResume(deps: ResumeDeps): Hono {
  const app = signedInSite(deps, {
    what: 'resuming',
    maxFormBytes: MAX_FORM_BYTES,
    notices: RESUME,
    back: BACK_TO_CONSOLE,
  });
  app.get(PATH, (c) => withPerson(deps, c, (fresh) => show(deps, c, fresh)));
  app.post(PATH, (c) => withPerson(deps, c, (fresh) => onForm(deps, c, fresh)));
  return app;
}

/** Calls the page only for a person who signed in just now and may resume. Everyone else signs in again first. */
async function withPerson(
  deps: ResumeDeps,
  c: Context,
  then: (fresh: FreshSignIn) => Promise<Response>,
): Promise<Response> {
  const fresh =
    deps.actsAs === null
      ? await whoSignedInAfresh(deps, c)
      : { person: deps.actsAs, authTime: deps.now() };
  if (!fresh) return c.redirect(`/sign-in/console?fresh&to=${PATH}`, 303);
  return may(deps.policy.escalation.people[fresh.person], 'resume')
    ? then(fresh)
    : c.html(noticePage(RESUME.mayNot, BACK_TO_CONSOLE), 403);
}

async function show(deps: ResumeDeps, c: Context, { person }: FreshSignIn): Promise<Response> {
  const { policy, resumptions, store, now } = deps;
  const { mode, entries } = await store.killSwitch.read(policy.account);
  if (entries.length === 0) return c.html(noticePage(RESUME.nothingHalted, BACK_TO_CONSOLE));
  const shown = entries.slice(0, MAX_SEEN);
  const seen = shown.flatMap(({ id }) => id ?? []);
  const expires = Math.floor(now().getTime() / 1000) + 60 * FRESH_MINUTES;
  const claims = { person, seen: digestOf(seen), expires };
  const nonce = await signClaims(resumptions, FORM_DOMAIN, claims);
  const names = policy.escalation.people;
  const actsAs = deps.actsAs === null ? null : (names[deps.actsAs]?.name ?? deps.actsAs);
  const more = entries.length - shown.length;
  return c.html(resumePage({ mode, shown, seen, more, nonce, names, actsAs, now: now() }));
}

const Form = z.object({
  nonce: z.string(),
  mode: z.enum(['run', 'ask']),
  why: z.string().check(z.trim(), z.minLength(1), z.maxLength(500)),
  seen: z.pipe(
    z.union([z.string(), z.array(z.string())]),
    z.transform((given) => [given].flat()),
  ),
});

async function onForm(deps: ResumeDeps, c: Context, fresh: FreshSignIn): Promise<Response> {
  const { store, policy, resumptions, newId, now } = deps;
  const parsed = Form.safeParse(await c.req.parseBody({ all: true }));
  if (!parsed.success) return c.html(noticePage(RESUME.unreadable, AGAIN), 422);
  const { nonce, mode, why, seen } = parsed.data;
  const claims = await verifyClaims(resumptions, FORM_DOMAIN, nonce, FormClaims);
  const isShown =
    claims?.person === fresh.person &&
    claims.seen === digestOf(seen) &&
    claims.expires * 1000 > now().getTime();
  if (!isShown) return c.html(noticePage(RESUME.stale, AGAIN), 409);
  const decided = { by: `person:${fresh.person}`, at: now().toISOString(), why, mode };
  const authTime = fresh.authTime.toISOString();
  const isMade = await store.killSwitch.resume(policy.account, resumptions, newId(), {
    ...{ ...decided, authTime, seen },
  });
  await notify(deps, decided, isMade);
  return c.redirect(CONSOLE_PATH, 303);
}

const AGAIN = { path: PATH, label: RESUME.again };

/**
 * Shows the current mode: another halt may have been added. If the halt was over already, an earlier press of the same
 * person may have failed before it notified the team, so its resumption is notified of again.
 */
async function notify(
  { store, policy, send, log }: ResumeDeps,
  decided: { by: string; at: string; why: string },
  isMade: boolean,
): Promise<void> {
  try {
    const { mode, ...latest } = await store.killSwitch.read(policy.account);
    const isEarlier =
      latest.by === decided.by && minutesAfter(latest.at, PRESS_MINUTES) > decided.at;
    if (!isMade && !(mode !== 'halt' && isEarlier)) return;
    const { by, at, why } = isMade ? decided : latest;
    await send(switchNotice(`resumed-${by}-${at}`, resumedText(policy, { by, at, why, mode })));
  } catch (error) {
    log('error', 'the team was not notified', errorFields(error));
  }
}
