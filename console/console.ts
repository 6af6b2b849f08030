// The pages of the demo, next to the console and the decision pages.
import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { csrf } from 'hono/csrf';
import { html } from 'hono/html';
import { HTTPException } from 'hono/http-exception';
import * as z from 'zod/mini';
import type { Action } from '../functions/domain/action.ts';
import { errorFields, type Log } from '../functions/platform/log.ts';
import { harmlessPages, scriptedHeaders } from '../functions/site/guard.ts';
import { type Html, noticePage } from '../functions/site/page.ts';
import { framed } from '../functions/web/console/framed.ts';
import {
  createOutstandingReader,
  type ReadOutstanding,
} from '../functions/web/console/outstanding.ts';
import { liveParts } from '../functions/web/console/pages/live.ts';
import { statusOf } from '../functions/web/console/status.ts';
import type { Delivered } from '../local/aws/inbox.ts';
import type { Runtime } from '../local/runtime.ts';
import { freshEvent, loadSamples } from '../local/samples.ts';
import { questionsFirst, showMessage } from './inbox.ts';
import { messagesPage, pageOf } from './message-list.ts';
import { shadowPage, tallyIn } from './shadow.ts';
import { type Pasted, startPage } from './start-page.ts';
import { START_STYLE } from './start-style.ts';
import { FRAME, INBOX, SHADOW, START } from './texts.ts';

export type DemoPagesDeps = {
  runtime: Runtime;
  analyst: string;
  webBaseUrl: string;
  now: () => Date;
  newId: () => string;
  log: Log;
};

const EmptyForm = z.strictObject({ by: z.enum(['person', 'deployment']) });
/** The messages, which say what an event led to. */
const SENT = '/#inbox';
/** Messages on the start page. */
const SHOWN_MESSAGES = 8;

export function createConsole(given: DemoPagesDeps): Hono {
  const { runtime, now, newId, log } = given;
  const deps = { ...given, readOutstanding: createOutstandingReader(runtime.consoleDeps) };
  const app = new Hono();
  // A form of another site must not send alerts.
  const { origin, port } = new URL(deps.webBaseUrl);
  // A person may type localhost instead of 127.0.0.1.
  app.use(csrf({ origin: [origin, `http://localhost:${port}`] }));
  // The console and the pages of decisions do both themselves.
  for (const path of ['/', '/events', '/messages', '/shadow'])
    app.use(path, scriptedHeaders, harmlessPages);
  const samples = loadSamples();

  const start = (c: Context, pasted?: Pasted): Promise<Response> =>
    inFrame(deps, c, { title: START.title, code: pasted ? 422 : 200 }, async (waiting) => {
      const all = questionsFirst(runtime.inbox(), waiting);
      const shown = await showAll(all.slice(0, SHOWN_MESSAGES), waiting);
      const messages = { shown, count: all.length };
      return startPage({ analyst: deps.analyst, samples, pasted, messages, runtime });
    });
  const showAll = (all: readonly Delivered[], waiting: readonly Action[]) =>
    Promise.all(all.map((one) => showMessage(runtime.consoleDeps, one, { waiting, now: now() })));
  app.get('/', (c) => start(c));
  app.get('/messages', (c) =>
    inFrame(deps, c, { title: INBOX.heading }, async (waiting) => {
      const page = pageOf(questionsFirst(runtime.inbox(), waiting), Number(c.req.query('page')));
      return messagesPage(await showAll(page.items, waiting), page);
    }),
  );
  app.get('/shadow', (c) =>
    inFrame(deps, c, { title: SHADOW.heading }, async () => shadowPage(await tallyIn(runtime))),
  );
  app.get('/start.css', (c) =>
    c.body(START_STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }),
  );
  app.post('/samples/:id', async (c) => {
    const sample = samples.find(({ id }) => id === c.req.param('id'));
    if (!sample) return c.notFound();
    await runtime.accept(freshEvent(sample, newId, now()));
    await runtime.settled();
    return c.redirect(SENT, 303);
  });
  app.post('/events', async (c) => {
    const { event } = z.object({ event: z.string() }).parse(await c.req.parseBody());
    const accepted = await runtime.accept(event);
    const reasons = accepted.flatMap((one) => (one.outcome === 'refused' ? one.reason : []));
    if (reasons.length > 0) return start(c, { reasons, event });
    return c.redirect(SENT, 303);
  });
  app.post('/empty-ip-sets', async (c) => {
    const { by } = EmptyForm.parse(await c.req.parseBody());
    await runtime.emptyIpSets(by);
    return c.redirect(SENT, 303);
  });
  app.all('/console/*', (c) => runtime.console.fetch(c.req.raw));
  app.all('/api/*', (c) => runtime.api.fetch(c.req.raw));
  app.route('/', runtime.web);
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    log('error', 'console failed', errorFields(error));
    return c.html(noticePage(FRAME.failed), 500);
  });
  app.notFound((c) => c.html(noticePage(FRAME.notFound), 404));
  return app;
}

/** The page in the console's frame, which polls for changes; 304 if the reader's page is current. */
async function inFrame(
  { runtime, now, readOutstanding }: DemoPagesDeps & { readOutstanding: ReadOutstanding },
  c: Context,
  { title, code = 200 }: { title: string; code?: 200 | 422 },
  write: (waiting: readonly Action[]) => Promise<Html>,
): Promise<Response> {
  const { consoleDeps, reader } = runtime;
  const outstanding = readOutstanding();
  const isWaiting = ({ status }: Action) => status === 'awaiting-approval';
  const [status, body] = await Promise.all([
    statusOf(consoleDeps, outstanding),
    outstanding.then(({ found }) => write(found.filter(isWaiting))),
  ]);
  const { now: _, ...counts } = status;
  const seen = createHash('sha256').update(`${body}${JSON.stringify(counts)}`);
  const revision = `"${seen.digest('base64url').slice(0, 22)}"`;
  c.header('ETag', revision);
  if (c.req.header('If-None-Match') === revision) return c.body(null, 304);
  const content = html`<link rel="stylesheet" href="/start.css">
${liveParts(now())}
<div id="content">${body}</div>`;
  const page = { title, body: content, current: null, revision };
  return c.html(framed(consoleDeps, c, reader, { page, status }), code);
}
