// The site of decisions: GET shows, POST decides, once.
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { secureHeaders } from 'hono/secure-headers';
import { z } from 'zod';
import { errorFields, type Log } from '../audit/log.ts';
import type { Action } from '../domain/action.ts';
import type { Policy } from '../domain/policy.ts';
import {
  reminderScheduleName,
  reminderTime,
  reversalScheduleName,
  type Schedules,
} from '../scheduling/schedules.ts';
import type { Store } from '../store/store.ts';
import { type Change, decide, extend, keep, mayReverse, settled } from './decision.ts';
import { type LinkClaims, type Mac, type Purpose, readLink } from './link.ts';
import { approvePage, resultPage, reviewPage, type View } from './page.ts';
import { STYLE } from './style.ts';

export type WebDeps = {
  store: Store;
  policy: Policy;
  mac: Pick<Mac, 'verify'>;
  callback: (taskToken: string, output: { verdict: string }) => Promise<void>;
  startReverse: (name: string, input: object) => Promise<void>;
  schedules: Schedules;
  webBaseUrl: string;
  now: () => Date;
  log: Log;
};

const ApproveForm = z.strictObject({
  verdict: z.enum(['approve', 'decline']),
  reason: z.string().trim().max(300).default(''),
  digest: z.string(),
});
const ReviewForm = z.strictObject({
  review: z.enum(['keep', 'extend', 'reverse']),
  digest: z.string(),
});

const MAX_FORM_BYTES = 4096;

export function createWeb(deps: WebDeps): Hono {
  const app = new Hono();
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
      referrerPolicy: 'no-referrer',
      xFrameOptions: 'DENY',
    }),
  );
  app.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
    c.header('X-Robots-Tag', 'noindex, nofollow');
  });
  app.use(bodyLimit({ maxSize: MAX_FORM_BYTES }));
  // A form of another site cannot decide in the name of whoever has the link open.
  app.use(csrf({ origin: new URL(deps.webBaseUrl).origin }));
  app.get('/style.css', (c) => c.body(STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }));

  app.get('/approve/:token', (c) => show(deps, c, 'approve'));
  app.post('/approve/:token', (c) => act(deps, c, 'approve', ApproveForm, onApproval));
  app.get('/review/:token', (c) => show(deps, c, 'review'));
  app.post('/review/:token', (c) => act(deps, c, 'review', ReviewForm, onReview));
  app.notFound((c) =>
    c.html(resultPage('Not found', 'There is nothing at this address.', null), 404),
  );
  app.onError((error, c) => {
    deps.log('error', 'page failed', errorFields(error));
    const text =
      'Something on our side failed, and nothing was decided. Please open the link again.';
    return c.html(resultPage('Please try again', text, null), 500);
  });
  return app;
}

type Answer = { title: string; text: string; status: 200 | 409 };
type Opened = { claims: LinkClaims; action: Action };

/** The action that a link is about; or the page that says why it opens nothing. */
async function open(
  { store, mac, now }: WebDeps,
  c: Context,
  purpose: Purpose,
): Promise<Opened | Response> {
  const link = await readLink(mac, c.req.param('token') ?? '', purpose, now());
  if (!link.ok && link.why === 'expired')
    return c.html(
      resultPage(
        'This link has expired',
        'Its time is over. Nothing was decided with it now.',
        null,
      ),
      410,
    );
  const refused = () =>
    c.html(
      resultPage(
        'This link is not valid',
        'Please open it from the message that you were sent, as a whole.',
        null,
      ),
      403,
    );
  if (!link.ok) return refused();
  const action = await store.records.findAction(link.claims.incidentId, link.claims.actionId);
  return action && action.digest === link.claims.digest
    ? { claims: link.claims, action }
    : refused();
}

async function show(deps: WebDeps, c: Context, purpose: Purpose): Promise<Response> {
  const opened = await open(deps, c, purpose);
  if (opened instanceof Response) return opened;
  const { claims, action } = opened;
  if (purpose === 'approve' && action.status !== 'awaiting-approval')
    return c.html(resultPage('This is decided', settled(action), action));
  if (purpose === 'review' && !mayReverse(action))
    return c.html(resultPage('This is over', settled(action), action));
  const [alert, incident] = await Promise.all([
    deps.store.records.alert(action.incidentId, action.alertId),
    deps.store.records.incident(action.incidentId),
  ]);
  const view: View = {
    action,
    alert,
    person: {
      id: claims.person,
      name: deps.policy.escalation.people[claims.person]?.name ?? claims.person,
    },
    path: c.req.path,
    now: deps.now(),
    repeats: incident.alerts.reduce((sum, one) => sum + one.repeats, 0),
  };
  return c.html(purpose === 'approve' ? approvePage(view) : reviewPage(view));
}

async function act<F extends { digest: string }>(
  deps: WebDeps,
  c: Context,
  purpose: Purpose,
  schema: z.ZodType<F>,
  onForm: (deps: WebDeps, opened: Opened, form: F) => Promise<Answer>,
): Promise<Response> {
  const opened = await open(deps, c, purpose);
  if (opened instanceof Response) return opened;
  const form = schema.safeParse(await c.req.parseBody());
  if (!form.success || form.data.digest !== opened.action.digest)
    return c.html(
      resultPage(
        'That could not be read',
        'Nothing was decided. Please open the link again.',
        opened.action,
      ),
      400,
    );
  const { title, text, status } = await onForm(deps, opened, form.data);
  return c.html(resultPage(title, text, opened.action), status);
}

/** Writes the change if the state allows it at that moment; otherwise returns why not. */
async function write(
  { store }: WebDeps,
  { incidentId, actionId }: Action,
  change: (current: Action) => Change,
): Promise<{ action: Action } | { refused: string }> {
  let refused: string | null = null;
  const action = await store.records.changeAction(incidentId, actionId, (current) => {
    const result = change(current);
    refused = 'refused' in result ? result.refused : null;
    return 'next' in result ? result.next : null;
  });
  return refused === null ? { action } : { refused };
}

/** The decision is written first. The callback may be lost: the next rung, or the sweeper, finds the decision. */
async function onApproval(
  deps: WebDeps,
  { claims, action }: Opened,
  { verdict, reason }: z.infer<typeof ApproveForm>,
): Promise<Answer> {
  const { person } = claims;
  const written = await write(deps, action, (current) =>
    decide(current, verdict, { person, reason, now: deps.now() }),
  );
  if ('refused' in written) return { title: 'This is decided', text: written.refused, status: 409 };
  const { approval, status, target, actionId, incidentId, name } = written.action;
  if (status === 'declined' && target)
    await deps.store.entityHistory.note(target, {
      event: 'declined',
      incidentId,
      actionId,
      name,
      at: deps.now().toISOString(),
    });
  if (approval?.taskToken)
    await deps
      .callback(approval.taskToken, { verdict: status })
      .catch((error: unknown) =>
        deps.log('warn', 'callback not taken', { actionId, ...errorFields(error) }),
      );
  return verdict === 'approve'
    ? {
        title: 'Approved',
        text: 'It is checked once more against policy and then carried out. You will hear if it is stopped.',
        status: 200,
      }
    : { title: 'Declined', text: 'Nothing is done. Your decision is on the record.', status: 200 };
}

const onReview = (
  deps: WebDeps,
  opened: Opened,
  { review }: z.infer<typeof ReviewForm>,
): Promise<Answer> => REVIEWS[review](deps, opened);

const REVIEWS = {
  async keep(deps: WebDeps, { claims, action }: Opened): Promise<Answer> {
    const written = await write(deps, action, (current) =>
      keep(current, { person: claims.person, now: deps.now() }),
    );
    if ('refused' in written) return { title: 'Not kept', text: written.refused, status: 409 };
    // A schedule that cannot be removed does no harm: the reversal finds that the action is kept.
    for (const name of [
      reversalScheduleName(action.actionId),
      reminderScheduleName(action.actionId),
    ])
      await deps.schedules
        .remove(name)
        .catch((error: unknown) =>
          deps.log('warn', 'schedule not removed', { name, ...errorFields(error) }),
        );
    return {
      title: 'Kept',
      text: 'It stays until somebody reverses it. Your name is on the record.',
      status: 200,
    };
  },

  async extend(deps: WebDeps, { claims, action }: Opened): Promise<Answer> {
    const { limits } = deps.policy;
    const written = await write(deps, action, (current) =>
      extend(current, { person: claims.person, now: deps.now(), limits }),
    );
    if ('refused' in written) return { title: 'Not extended', text: written.refused, status: 409 };
    await reschedule(deps, written.action);
    return {
      title: 'Extended',
      text: `It is undone at ${written.action.dueAt?.slice(0, 16).replace('T', ' ')} UTC.`,
      status: 200,
    };
  },

  async reverse(deps: WebDeps, { claims, action }: Opened): Promise<Answer> {
    if (!mayReverse(action)) return { title: 'Not reversed', text: settled(action), status: 409 };
    const { incidentId, actionId, scope } = action;
    // Named after the state of affairs: a double click is one reversal.
    await deps.startReverse(`person-${actionId}-${action.version}`, {
      incidentId,
      actionId,
      scope,
      cause: 'person',
      by: `person:${claims.person}`,
    });
    return {
      title: 'Being reversed',
      text: 'It is taken back now. You will hear if that fails.',
      status: 200,
    };
  },
} satisfies Record<string, (deps: WebDeps, opened: Opened) => Promise<Answer>>;

/** The record already has the new time: should this fail, the old schedule finds the action not due, and the sweeper undoes it on time. */
async function reschedule({ schedules, policy, log }: WebDeps, action: Action): Promise<void> {
  const { incidentId, actionId, scope, dueAt, durationMinutes } = action;
  if (!dueAt || !scope || !durationMinutes) return;
  const at = new Date(dueAt);
  try {
    await schedules.put({
      name: reversalScheduleName(actionId),
      at,
      target: {
        kind: 'reverse',
        input: { incidentId, actionId, scope, cause: 'due', by: 'schedule' },
      },
    });
    await schedules.put({
      name: reminderScheduleName(actionId),
      at: reminderTime(at, durationMinutes, policy.limits.reminderMinutesBefore),
      target: { kind: 'remind', input: { incidentId, actionId } },
    });
  } catch (error) {
    log('error', 'not rescheduled; the sweeper will undo it', { actionId, ...errorFields(error) });
  }
}
