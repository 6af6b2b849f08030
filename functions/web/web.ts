// The site of decisions: GET shows, POST decides once.

import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type * as z from 'zod/mini';
import { isBeingUndone } from '../domain/effect-state.ts';
import { waitsFor } from '../domain/open-requests.ts';
import { type LinkClaims, PagePurpose } from '../links/link.ts';
import { errorFields } from '../platform/log.ts';
import { whoSignedIn } from '../sign-in/session.ts';
import { beginConsoleSignIn, beginSignIn, finishSignIn } from '../sign-in/sign-in.ts';
import { formLimit, guardedHeaders, harmlessPages, noStore, ownFormsOnly } from '../site/guard.ts';
import { noticePage } from '../site/page.ts';
import { ApproveForm, onApproval } from './approval.ts';
import { mayNot, openTo } from './decision.ts';
import type { WebDeps } from './deps.ts';
import { FORM_OPEN_MINUTES, readNonce } from './form.ts';
import { JudgeForm, mayJudge, onJudge } from './judge.ts';
import { mayReverse } from './keep-decision.ts';
import { actionOfLink, type Opened } from './open-link.ts';
import { approvePage } from './pages/approve.ts';
import { judgePage } from './pages/judge.ts';
import { requestAgainPage } from './pages/re-request.ts';
import { reviewPage } from './pages/review.ts';
import { statusPage } from './pages/status.ts';
import { mayRequestAgain, onRequestAgain, RequestAgainForm } from './re-request.ts';
import { onReview, ReviewForm } from './review.ts';
import { MAX_CLICK_BYTES, onSlack } from './slack.ts';
import { sourceAddress } from './source-address.ts';
import { STYLE } from './style.ts';
import { NOT_COUNTED, REFUSED } from './texts/answers.ts';
import { FAILED, INVALID_LINK, NOT_FOUND, REJECTED, rejected } from './texts/errors.ts';
import { type Answer, expiredBefore, type Notice, statusNotice } from './texts/status.ts';
import { tokenSite } from './token-page.ts';
import { type View, viewOf } from './view.ts';

/** Handles a valid form that was posted in time. */
type OnForm<F> = (deps: WebDeps, opened: Opened, form: F) => Promise<Answer>;

/** More than a form with the most requests on one page and the longest reason. */
const MAX_FORM_BYTES = 32_768;

export function createWeb(deps: WebDeps): Hono {
  const app = new Hono();
  app.use(guardedHeaders, noStore, harmlessPages);
  // Slack signs its requests: they must not pass the checks of our own forms.
  app.post('/slack', formLimit(MAX_CLICK_BYTES), (c) => onSlack(deps, c));
  app.use(formLimit(MAX_FORM_BYTES));
  app.use(ownFormsOnly(deps.webBaseUrl));
  app.get('/style.css', (c) => c.body(STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
  app.get('/approve/:token', (c) => show(deps, c, 'approve'));
  app.post('/approve/:token', (c) => act(deps, c, 'approve', ApproveForm, onApproval));
  app.get('/review/:token', (c) => show(deps, c, 'review'));
  app.post('/review/:token', (c) => act(deps, c, 'review', ReviewForm, onReview));
  app.get('/ask-anew/:token', (c) => show(deps, c, 'ask-anew'));
  app.post('/ask-anew/:token', (c) => act(deps, c, 'ask-anew', RequestAgainForm, onRequestAgain));
  app.get('/judge/:token', (c) => show(deps, c, 'judge'));
  app.post('/judge/:token', (c) => act(deps, c, 'judge', JudgeForm, onJudge));
  app.get('/sign-in/:purpose/:token', (c) => toSignIn(deps, c));
  app.get('/sign-in/console', (c) => beginConsoleSignIn(deps, c));
  app.route('/sign-in/api', tokenSite(deps));
  app.get('/signed-in', (c) => finishSignIn(deps, c));
  app.notFound((c) => c.html(noticePage(NOT_FOUND), 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException)
      return c.html(noticePage(rejected(error.message)), error.status);
    deps.log('error', 'page failed', errorFields(error));
    return c.html(noticePage(FAILED), 500);
  });
  return app;
}

/** The same text for every bad link: forged, cut off, for another purpose, or expired. */
const notValid = (c: Context) => c.html(noticePage(INVALID_LINK), 403);

/** The action of a link, or the page for an invalid link. */
async function open(deps: WebDeps, c: Context, purpose: PagePurpose): Promise<Opened | Response> {
  const found = await actionOfLink(deps, c.req.param('token') ?? '', purpose);
  if (!found) return notValid(c);
  const { person } = found.claims;
  const mustSignIn = deps.policy.signIn !== null && (await whoSignedIn(deps, c)) !== person;
  if (!found.expired && !mustSignIn) await rememberSource(deps, c, found.claims);
  return { ...found, mustSignIn, shownAt: deps.now() };
}

/** Protects the approver's address from being blocked. Failing to record it must not block the decision. */
async function rememberSource({ store, now, log }: WebDeps, c: Context, { person }: LinkClaims) {
  const address = sourceAddress(c.env);
  if (address === null) return;
  await store.approverAddresses.note(person, address, now()).catch((error: unknown) => {
    log('warn', 'address of an approver not recorded', { person, ...errorFields(error) });
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
      : statusPage(view, noticeTo(deps, opened, view), { answered: false }),
  );
}

/** Says first why this person may not decide what others still may. */
function noticeTo(deps: WebDeps, { claims, action, expired }: Opened, view: View): Notice {
  const notice = noticeOf(view);
  const by = { person: claims.person, people: deps.policy.escalation.people, now: deps.now() };
  const answer = openTo(action, by);
  const isTheirs = !('refused' in answer) || answer.because !== 'not-yours';
  if (expired || action.status !== 'awaiting-approval' || isTheirs) return notice;
  return {
    title: NOT_COUNTED['not-yours'],
    text: `${answer.refused} ${notice.text}`,
    tone: 'quiet',
  };
}

function noticeOf({ action, answeredSince, names, now }: View): Notice {
  if (!answeredSince) return statusNotice(action, names, now);
  const notice = statusNotice(answeredSince, names, now);
  return { ...notice, text: `${notice.text} ${expiredBefore(action)}` };
}

const PAGES = {
  approve: approvePage,
  review: reviewPage,
  'ask-anew': requestAgainPage,
  judge: judgePage,
} as const;

/** Whether to show the form. The answer is checked again when the form is posted. */
function isOpen(deps: WebDeps, { claims, action, expired }: Opened): boolean {
  if (expired || mayNot(action, claims.person, deps.policy.escalation.people)) return false;
  if (claims.purpose === 'review') return mayReverse(action) && !isBeingUndone(action, deps.now());
  if (claims.purpose === 'ask-anew') return mayRequestAgain(action);
  if (claims.purpose === 'judge') return mayJudge(action);
  const ends = Date.parse(action.approval?.expiresAt ?? '');
  const isWaiting = action.status === 'awaiting-approval' && waitsFor(action, claims.person);
  return isWaiting && deps.now().getTime() < ends;
}

async function act<F extends { digest: string }>(
  deps: WebDeps,
  c: Context,
  purpose: PagePurpose,
  schema: z.ZodMiniType<F>,
  onForm: OnForm<F>,
): Promise<Response> {
  const opened = await open(deps, c, purpose);
  if (opened instanceof Response) return opened;
  const { action, notice, status } = await answerTo(deps, c, opened, schema, onForm);
  const view = await viewOf(deps, c, { ...opened, action });
  const text = status === 200 ? notice.text : `${notice.text} ${noticeOf(view).text}`.trim();
  return c.html(statusPage(view, { ...notice, text }, { answered: true }), status);
}

async function answerTo<F extends { digest: string }>(
  deps: WebDeps,
  c: Context,
  opened: Opened,
  schema: z.ZodMiniType<F>,
  onForm: OnForm<F>,
): Promise<Answer> {
  if (opened.mustSignIn && !opened.expired) return notCountedAs(opened, 'signInFirst');
  const { nonce, ...fields } = await c.req.parseBody({ all: true });
  const form = schema.safeParse(fields);
  const shown = await readNonce(deps.pages, opened.token, String(nonce), deps.now());
  if (!form.success || form.data.digest !== opened.action.digest || !shown)
    throw new HTTPException(400, { message: REJECTED.unreadable });
  if (opened.expired) return notCountedAs(opened, 'tooLate');
  if (shown.isStale) return notCountedAs(opened, 'lookAgain');
  return onForm(deps, { ...opened, shownAt: shown.at }, form.data);
}

const NOT_NOW = {
  signInFirst: { title: NOT_COUNTED.signInFirst, status: 403, why: REFUSED.signInFirst },
  tooLate: { title: NOT_COUNTED['too-late'], status: 410, why: '' },
  lookAgain: {
    title: NOT_COUNTED.lookAgain,
    status: 409,
    why: REFUSED.pageTooOld(FORM_OPEN_MINUTES),
  },
} as const;

const notCountedAs = ({ action }: Opened, because: keyof typeof NOT_NOW): Answer => {
  const { title, status, why } = NOT_NOW[because];
  const text = `${why} ${REFUSED.notCounted}`.trim();
  return { action, status, notice: { title, text, tone: 'bad' } };
};
