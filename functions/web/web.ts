// The site of decisions: GET shows, POST decides, once.

import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import type * as z from 'zod';
import { type LinkClaims, PagePurpose } from '../links/link.ts';
import { errorFields } from '../platform/log.ts';
import type { Answer } from './action-status.ts';
import { type Standing, standingOf } from './action-status.ts';
import { ApproveForm, onApproval } from './approval.ts';
import { mayNot } from './decision.ts';
import type { WebDeps } from './deps.ts';
import { FORM_OPEN_MINUTES, readNonce } from './form.ts';
import { guardedHeaders, neverKept, ownFormsOnly } from './guard.ts';
import { JudgeForm, mayJudge, onJudge } from './judge.ts';
import { mayReverse } from './keep-decision.ts';
import type { Opened } from './open-link.ts';
import { whatItOpens } from './open-link.ts';
import { approvePage } from './pages/approve.ts';
import { noticePage } from './pages/frame.ts';
import { judgePage } from './pages/judge.ts';
import { anewPage } from './pages/re-request.ts';
import { reviewPage } from './pages/review.ts';
import { standingPage } from './pages/status.ts';
import { AnewForm, mayAskAnew, onAskAnew } from './re-request.ts';
import { onReview, ReviewForm } from './review.ts';
import { whoSignedIn } from './session.ts';
import { beginSignIn, finishSignIn } from './sign-in.ts';
import { MAX_CLICK_BYTES, onSlack } from './slack.ts';
import { sourceAddress } from './source-address.ts';
import { STYLE } from './style.ts';
import { type View, viewOf } from './view.ts';

/** Decides on a form that came from a page of ours, in time. */
type OnForm<F> = (deps: WebDeps, opened: Opened, form: F) => Promise<Answer>;

const MAX_FORM_BYTES = 16_384;

export function createWeb(deps: WebDeps): Hono {
  const app = new Hono();
  app.use(guardedHeaders, neverKept);
  // Signed by Slack, and no form of ours: before what those have to pass.
  app.post('/slack', bodyLimit({ maxSize: MAX_CLICK_BYTES, onError: tooLarge }), (c) =>
    onSlack(deps, c),
  );
  app.use(bodyLimit({ maxSize: MAX_FORM_BYTES, onError: tooLarge }));
  app.use(ownFormsOnly(deps.webBaseUrl));
  app.get('/style.css', (c) => c.body(STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
  app.get('/approve/:token', (c) => show(deps, c, 'approve'));
  app.post('/approve/:token', (c) => act(deps, c, 'approve', ApproveForm, onApproval));
  app.get('/review/:token', (c) => show(deps, c, 'review'));
  app.post('/review/:token', (c) => act(deps, c, 'review', ReviewForm, onReview));
  app.get('/ask-anew/:token', (c) => show(deps, c, 'ask-anew'));
  app.post('/ask-anew/:token', (c) => act(deps, c, 'ask-anew', AnewForm, onAskAnew));
  app.get('/judge/:token', (c) => show(deps, c, 'judge'));
  app.post('/judge/:token', (c) => act(deps, c, 'judge', JudgeForm, onJudge));
  app.get('/sign-in/:purpose/:token', (c) => toSignIn(deps, c));
  app.get('/signed-in', (c) => finishSignIn(deps, c));
  app.notFound((c) => c.html(noticePage('Not found', 'There is nothing at this address.'), 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException)
      return c.html(noticePage('Not taken', `${error.message} Nothing was decided.`), error.status);
    deps.log('error', 'page failed', errorFields(error));
    const text =
      'Something on our side failed. Open the link again: it shows whether your answer was counted.';
    return c.html(noticePage('Please look again', text), 500);
  });
  return app;
}

const tooLarge = () => {
  throw new HTTPException(413, { message: 'The form is too large.' });
};

/** One text for every link that is not ours, not whole, for something else, or long over. */
const notValid = (c: Context) =>
  c.html(
    noticePage(
      'This link is not valid',
      'It may be over, or incomplete. Please open it from the message that you were sent, as a whole. Nothing was decided.',
    ),
    403,
  );

/** The action that a link is about, or the page that says that it opens nothing. */
async function open(deps: WebDeps, c: Context, purpose: PagePurpose): Promise<Opened | Response> {
  const found = await whatItOpens(deps, c.req.param('token') ?? '', purpose);
  if (!found) return notValid(c);
  const { person } = found.claims;
  const mustSignIn = deps.policy.signIn !== null && (await whoSignedIn(deps, c)) !== person;
  if (!found.expired && !mustSignIn) await rememberSource(deps, c, found.claims);
  return { ...found, mustSignIn };
}

/** So that nothing of ours blocks the person who is asked. What cannot be noted keeps nobody from deciding. */
async function rememberSource({ store, now, log }: WebDeps, c: Context, { person }: LinkClaims) {
  const address = sourceAddress(c.env);
  if (address === null) return;
  await store.approverAddresses.note(person, address, now()).catch((error: unknown) => {
    log('warn', 'address of an approver not noted', { person, ...errorFields(error) });
  });
}

async function toSignIn(deps: WebDeps, c: Context): Promise<Response> {
  const purpose = PagePurpose.safeParse(c.req.param('purpose'));
  if (!purpose.success) return notValid(c);
  const opened = await open(deps, c, purpose.data);
  if (opened instanceof Response) return opened;
  const path = `/${purpose.data}/${opened.token}`;
  return beginSignIn(deps, c, { path, person: opened.claims.person });
}

async function show(deps: WebDeps, c: Context, purpose: PagePurpose): Promise<Response> {
  const opened = await open(deps, c, purpose);
  if (opened instanceof Response) return opened;
  const view = await viewOf(deps, c, opened);
  return c.html(
    isOpen(deps, opened)
      ? PAGES[purpose](view)
      : standingPage(view, standing(view), { answered: false }),
  );
}

const standing = ({ action, names, now }: View): Standing => standingOf(action, names, now);

const PAGES = {
  approve: approvePage,
  review: reviewPage,
  'ask-anew': anewPage,
  judge: judgePage,
} as const;

/** Whether this link's form is shown. Looking is free: the answer to the form is decided when it comes. */
function isOpen(deps: WebDeps, { claims, action, expired }: Opened): boolean {
  if (expired || mayNot(action, claims.person, deps.policy.escalation.people)) return false;
  if (claims.purpose === 'review') return mayReverse(action);
  if (claims.purpose === 'ask-anew') return mayAskAnew(action);
  if (claims.purpose === 'judge') return mayJudge(action);
  const ends = Date.parse(action.approval?.expiresAt ?? '');
  return action.status === 'awaiting-approval' && deps.now().getTime() < ends;
}

async function act<F extends { digest: string }>(
  deps: WebDeps,
  c: Context,
  purpose: PagePurpose,
  schema: z.ZodType<F>,
  onForm: OnForm<F>,
): Promise<Response> {
  const opened = await open(deps, c, purpose);
  if (opened instanceof Response) return opened;
  const { action, say, status } = await answerTo(deps, c, opened, schema, onForm);
  const view = await viewOf(deps, c, { ...opened, action });
  const stands = standing(view);
  const text = status === 200 ? say.text : `${say.text} ${stands.text}`.trim();
  return c.html(standingPage(view, { ...say, text }, { answered: true }), status);
}

async function answerTo<F extends { digest: string }>(
  deps: WebDeps,
  c: Context,
  opened: Opened,
  schema: z.ZodType<F>,
  onForm: OnForm<F>,
): Promise<Answer> {
  if (opened.mustSignIn && !opened.expired) return notCountedAs(opened, 'signInFirst');
  const { nonce, ...fields } = await c.req.parseBody({ all: true });
  const form = schema.safeParse(fields);
  const shown = await readNonce(deps.pages, opened.token, String(nonce), deps.now());
  if (!form.success || form.data.digest !== opened.action.digest || shown === 'invalid')
    throw new HTTPException(400, { message: 'The form could not be read. Open the link again.' });
  if (opened.expired) return notCountedAs(opened, 'tooLate');
  if (shown === 'stale') return notCountedAs(opened, 'lookAgain');
  return onForm(deps, opened, form.data);
}

const NOT_COUNTED = {
  signInFirst: {
    title: 'Sign in first',
    status: 403,
    why: 'You have not signed in, or too long ago.',
  },
  tooLate: { title: 'Too late', status: 410, why: '' },
  lookAgain: {
    title: 'Please look again',
    status: 409,
    why: `This page was open for more than ${FORM_OPEN_MINUTES} minutes.`,
  },
} as const;

const notCountedAs = ({ action }: Opened, because: keyof typeof NOT_COUNTED): Answer => {
  const { title, status, why } = NOT_COUNTED[because];
  const text = `${why} Your answer was not counted.`.trim();
  return { action, status, say: { title, text, tone: 'bad' } };
};
