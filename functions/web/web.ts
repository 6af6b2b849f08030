// The site of decisions: GET shows, POST decides, once.
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import { actionDigest } from '../audit/chain.ts';
import { errorFields, type Log } from '../audit/log.ts';
import type { Action } from '../domain/action.ts';
import { alikeTo } from '../domain/alike.ts';
import type { Policy } from '../domain/policy.ts';
import type { Schedules } from '../scheduling/schedules.ts';
import type { Store } from '../store/store.ts';
import { AnewForm, mayAskAnew, onAskAnew } from './anew.ts';
import { ApproveForm, onApproval } from './approval.ts';
import { mayNot, peopleAsked } from './decision.ts';
import { FORM_OPEN_MINUTES, issueNonce, readNonce } from './form.ts';
import { guardedHeaders, neverKept, ownFormsOnly } from './guard.ts';
import { mayReverse } from './keeping.ts';
import { type LinkClaims, type Purpose, readLink } from './link.ts';
import { anewPage, approvePage, noticePage, reviewPage, standingPage, type View } from './page.ts';
import { couldTake } from './request.ts';
import { onReview, ReviewForm } from './review.ts';
import type { Mac } from './seal.ts';
import { sourceAddress } from './source.ts';
import { type Names, type Standing, standingOf } from './standing.ts';
import { STYLE } from './style.ts';

export type WebDeps = {
  store: Store;
  policy: Policy;
  mac: Pick<Mac, 'verify'>;
  /** Of what the site gives out itself. Another key: whoever serves pages makes no links. */
  pages: Mac;
  newId: () => string;
  callback: (taskToken: string, output: { verdict: string }) => Promise<void>;
  startReverse: (name: string, input: object) => Promise<void>;
  startRespond: (name: string, input: object) => Promise<void>;
  /** Has the asking function send the question to one more person. */
  askAlso: (input: { incidentId: string; actionId: string; to: string }) => Promise<void>;
  schedules: Schedules;
  webBaseUrl: string;
  now: () => Date;
  log: Log;
};

/** An opened link: who holds it, what it is about, and whether it may still decide. */
export type Opened = { token: string; claims: LinkClaims; action: Action; expired: boolean };
/** What a form came to: the action after it, what to say first, and whether the answer was counted. */
export type Answer = { action: Action; say: Standing; status: 200 | 403 | 409 | 410 | 503 };

const MAX_FORM_BYTES = 16_384;
/** An expired link decides nothing; for a day it still shows how things ended. */
const SHOWS_FOR_MS = 24 * 3_600_000;

export function createWeb(deps: WebDeps): Hono {
  const app = new Hono();
  app.use(guardedHeaders, neverKept);
  app.use(bodyLimit({ maxSize: MAX_FORM_BYTES, onError: tooLarge }));
  app.use(ownFormsOnly(deps.webBaseUrl));
  app.get('/style.css', (c) => c.body(STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
  app.get('/approve/:token', (c) => show(deps, c, 'approve'));
  app.post('/approve/:token', (c) => act(deps, c, 'approve', ApproveForm, onApproval));
  app.get('/review/:token', (c) => show(deps, c, 'review'));
  app.post('/review/:token', (c) => act(deps, c, 'review', ReviewForm, onReview));
  app.get('/ask-anew/:token', (c) => show(deps, c, 'ask-anew'));
  app.post('/ask-anew/:token', (c) => act(deps, c, 'ask-anew', AnewForm, onAskAnew));
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
async function open(deps: WebDeps, c: Context, purpose: Purpose): Promise<Opened | Response> {
  const token = c.req.param('token') ?? '';
  const link = await readLink(deps.mac, token, purpose, deps.now());
  if (!link.ok && link.why === 'invalid') return notValid(c);
  const { claims } = link;
  if (claims.expires * 1000 + SHOWS_FOR_MS <= deps.now().getTime()) return notValid(c);
  const { incidentId, actionId } = claims;
  const action = await deps.store.records.findAction(incidentId, actionId);
  if (action?.digest === claims.digest && actionDigest(action) === claims.digest) {
    if (link.ok) await rememberSource(deps, c, claims);
    return { token, claims, action, expired: !link.ok };
  }
  deps.log('error', 'a link does not match the recorded action', { incidentId, actionId });
  return notValid(c);
}

/** So that nothing of ours blocks the person who is asked. What cannot be noted keeps nobody from deciding. */
async function rememberSource({ store, now, log }: WebDeps, c: Context, { person }: LinkClaims) {
  const address = sourceAddress(c.env);
  if (address === null) return;
  await store.approverAddresses.note(person, address, now()).catch((error: unknown) => {
    log('warn', 'address of an approver not noted', { person, ...errorFields(error) });
  });
}

async function show(deps: WebDeps, c: Context, purpose: Purpose): Promise<Response> {
  const opened = await open(deps, c, purpose);
  if (opened instanceof Response) return opened;
  const view = await viewOf(deps, c, opened);
  return c.html(
    isOpen(deps, opened)
      ? PAGES[purpose](view)
      : standingPage(view, standing(view), { answered: false }),
  );
}

const PAGES = { approve: approvePage, review: reviewPage, 'ask-anew': anewPage } as const;

/** Whether this link's form is shown. Looking is free: the answer to the form is decided when it comes. */
function isOpen(deps: WebDeps, { claims, action, expired }: Opened): boolean {
  if (expired || mayNot(action, claims.person, deps.policy.escalation.people)) return false;
  if (claims.purpose === 'review') return mayReverse(action);
  if (claims.purpose === 'ask-anew') return mayAskAnew(action);
  const ends = Date.parse(action.approval?.expiresAt ?? '');
  return action.status === 'awaiting-approval' && deps.now().getTime() < ends;
}

/** Whether this person is asked about it, too, and has not answered. */
const mayAnswer = (
  action: Action,
  person: string,
  people: Policy['escalation']['people'],
): boolean =>
  !mayNot(action, person, people) &&
  action.approval !== null &&
  peopleAsked(action.approval).some(({ id }) => id === person) &&
  action.approval.votes.every(({ by }) => by !== person);

const standing = ({ action, names, now }: View): Standing => standingOf(action, names, now);

async function viewOf(deps: WebDeps, c: Context, opened: Opened): Promise<View> {
  const { claims, action } = opened;
  const { records } = deps.store;
  const { incidentId, alertId, approval } = action;
  const [alert, incident, assessment, actions] = await Promise.all([
    records.readableAlert(incidentId, alertId),
    records.readableIncident(incidentId),
    records.findAssessment(incidentId, alertId),
    records.actions(incidentId),
  ]);
  const { people } = deps.policy.escalation;
  const asked = approval ? [...peopleAsked(approval), ...approval.managers] : [];
  const names: Names = Object.fromEntries([
    ...Object.entries(people).map(([id, { name }]) => [id, name]),
    ...asked.map(({ id, name }) => [id, name]),
  ]);
  return {
    action,
    alert,
    incident,
    origin: assessment?.origin ?? null,
    person: names[claims.person] ?? claims.person,
    names,
    path: c.req.path,
    nonce: await issueNonce(deps.pages, formOf(opened), deps.newId(), deps.now()),
    couldTake: couldTake(action, people),
    alike:
      claims.purpose === 'approve' && !opened.expired
        ? alikeTo(action, actions).filter((one) => mayAnswer(one, claims.person, people))
        : [],
    maxExtensions: deps.policy.limits.maxExtensions,
    now: deps.now(),
  };
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
  const { nonce, ...fields } = await c.req.parseBody({ all: true });
  const form = schema.safeParse(fields);
  const shown = await readNonce(deps.pages, formOf(opened), String(nonce), deps.now());
  if (!form.success || form.data.digest !== opened.action.digest || shown === 'invalid')
    throw new HTTPException(400, { message: 'The form could not be read. Open the link again.' });
  const { action, say, status } = opened.expired
    ? tooLate(opened)
    : shown === 'stale'
      ? lookAgain(opened)
      : await onForm(deps, opened, form.data);
  const view = await viewOf(deps, c, { ...opened, action });
  const stands = standing(view);
  const text = status === 200 ? say.text : `${say.text} ${stands.text}`.trim();
  return c.html(standingPage(view, { ...say, text }, { answered: true }), status);
}

const formOf = ({ token }: Opened) => ({ token, session: null });

const tooLate = ({ action }: Opened): Answer => ({
  action,
  status: 410,
  say: { title: 'Too late', text: 'Your answer was not counted.', tone: 'bad' },
});

const lookAgain = ({ action }: Opened): Answer => ({
  action,
  status: 409,
  say: {
    title: 'Please look again',
    text: `This page was open for more than ${FORM_OPEN_MINUTES} minutes, so your answer was not counted.`,
    tone: 'quiet',
  },
});
