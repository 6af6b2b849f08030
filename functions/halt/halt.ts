// The stop button: one press halts the account. This function can't end a halt.
import type { Context, Hono } from 'hono';
import * as z from 'zod/mini';
import { minutesAfter, PRESS_MINUTES } from '../domain/time.ts';
import { haltedText, switchNotice } from '../messaging/texts/switch.ts';
import { errorFields } from '../platform/log.ts';
import { may } from '../policy/may.ts';
import { BACK_TO_CONSOLE, CONSOLE_PATH, consolePathIn } from '../sign-in/console-path.ts';
import { whoIsAtConsole } from '../sign-in/session.ts';
import { noticePage } from '../site/page.ts';
import { signedInSite } from '../site/signed-in-site.ts';
import { HaltMode } from '../store/switch-entries.ts';
import type { HaltDeps } from './deps.ts';
import { HALT, SIGN_IN } from './texts.ts';

const MAX_FORM_BYTES = 4096;

export function createHalt(deps: HaltDeps): Hono {
  const app = signedInSite(deps, {
    what: 'halting',
    maxFormBytes: MAX_FORM_BYTES,
    notices: HALT,
    back: BACK_TO_CONSOLE,
  });
  app.post('/console/halt', (c) => onPress(deps, c));
  return app;
}

/** A field that can't be read must not keep a person from halting. */
const Form = z.object({
  mode: z.catch(HaltMode, 'halt'),
  why: z.catch(z.string().check(z.trim(), z.minLength(1), z.maxLength(500)), HALT.defaultWhy),
  to: z.catch(z.string(), CONSOLE_PATH),
});

async function onPress(deps: HaltDeps, c: Context): Promise<Response> {
  const id = deps.actsAs ?? (await whoIsAtConsole(deps, c));
  if (id === null) return c.html(noticePage(HALT.signInFirst, SIGN_IN), 403);
  const person = deps.policy.escalation.people[id];
  if (!person || !may(person, 'halt')) return c.html(noticePage(HALT.mayNot, BACK_TO_CONSOLE), 403);
  const { mode, why, to } = Form.parse(await c.req.parseBody());
  const said = { mode, by: `person:${id}`, at: deps.now().toISOString(), why };
  if (await add(deps, said)) await notify(deps, { ...said, name: person.name });
  return c.redirect(consolePathIn(to, deps.webBaseUrl), 303);
}

type Halt = Parameters<HaltDeps['store']['killSwitch']['halt']>[1];

/**
 * Adds the halt without reading, so that nothing can keep it from counting. A resumption ends only the entries that its
 * person saw, so every press is an entry of its own. Returns whether to notify the team: not if a press of the same
 * person is in force that was made a while before.
 */
async function add({ store, policy, log }: HaltDeps, halt: Halt): Promise<boolean> {
  await store.killSwitch.halt(policy.account, halt);
  const state = await store.killSwitch.read(policy.account).catch((error: unknown) => {
    log('warn', 'the kill switch was not read', errorFields(error));
    return null;
  });
  const isNotified = ({ mode, by, at }: Halt) =>
    mode === halt.mode && by === halt.by && minutesAfter(at, PRESS_MINUTES) <= halt.at;
  return !state?.entries.some(isNotified);
}

/** The halt is in force. A message that is not sent must not look like a halt that failed. */
async function notify(
  { policy, send, log }: HaltDeps,
  halt: Halt & { name: string },
): Promise<void> {
  await send(switchNotice(`halted-${halt.by}-${halt.at}`, haltedText(policy.account, halt))).catch(
    (error: unknown) => log('error', 'the team was not notified', errorFields(error)),
  );
}
