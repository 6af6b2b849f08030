// The console's routes: what happened, what is in force, and who decides.
import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import * as z from 'zod/mini';
import { IncidentId } from '../../domain/action.ts';
import { openRequestsTo, waitsFor } from '../../domain/open-requests.ts';
import { questionUrl, reviewUrl } from '../../messaging/links.ts';
import { errorFields } from '../../platform/log.ts';
import { may } from '../../policy/may.ts';
import { endSessions, whoIsAtConsole } from '../../sign-in/session.ts';
import {
  formLimit,
  harmlessPages,
  noStore,
  ownFormsOnly,
  scriptedHeaders,
} from '../../site/guard.ts';
import { MAX_NOTE, MAX_NOTES } from '../../store/notes.ts';
import { mayReverse } from '../keep-decision.ts';
import type { ConsoleDeps, ConsoleReader } from './deps.ts';
import { framed } from './framed.ts';
import { haltPathOf } from './halt-path.ts';
import { incidentView, mayDecide } from './incident-view.ts';
import { answerInForce, answerList } from './list/answer.ts';
import { createListReader } from './list/read.ts';
import { SCRIPT } from './list/script.ts';
import { createOutstandingReader, type ReadOutstanding } from './outstanding.ts';
import { incidentPage } from './pages/incident.ts';
import { consoleNotice } from './pages/notice.ts';
import { recordsOf, reportOf } from './report.ts';
import { asMarkdown, asPage } from './report-formats.ts';
import { statusOf } from './status.ts';
import { STYLE } from './style.ts';
import { CONSOLE } from './texts.ts';

const MAX_FORM_BYTES = 16_384;
/** The link expires soon, because the browser opens it at once. */
const LINK_MINUTES = 15;

const NoteForm = z.object({
  text: z.string().check(z.trim(), z.minLength(1), z.maxLength(MAX_NOTE)),
});

export function createConsole(deps: ConsoleDeps): Hono {
  const app = new Hono();
  app.use(scriptedHeaders, noStore, harmlessPages);
  app.use(formLimit(MAX_FORM_BYTES));
  app.use(ownFormsOnly(deps.webBaseUrl));
  app.get('/console/style.css', (c) =>
    c.body(STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }),
  );
  app.get('/console/script.js', (c) =>
    c.body(SCRIPT, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  );
  const readList = createListReader(deps);
  const outstanding = createOutstandingReader(deps);
  app.get('/console', (c) =>
    withReader(deps, c, (reader) => answerList({ deps, c, reader, outstanding }, readList)),
  );
  app.get('/console/in-force', (c) =>
    withReader(deps, c, (reader) => answerInForce({ deps, c, reader, outstanding }, readList)),
  );
  // For everyone: a person whose session has expired must not be told to sign in before signing out.
  app.post('/console/sign-out', (c) => {
    endSessions(c);
    return c.html(consoleNotice(CONSOLE.signedOut));
  });
  app.get('/console/incident/:id/:file{report\\.(?:md|html|json)}', (c) =>
    withReader(deps, c, (reader) => exported(deps, c, reader)),
  );
  app.get('/console/incident/:id', (c) =>
    withReader(deps, c, (reader) => show(deps, c, reader, outstanding())),
  );
  app.post('/console/incident/:id/notes', (c) =>
    withReader(deps, c, (reader) => addNote(deps, c, reader)),
  );
  app.get('/console/incident/:id/decide', (c) =>
    withReader(deps, c, (reader) => toQuestion(deps, c, reader)),
  );
  app.get('/console/incident/:id/decide/:action', (c) =>
    withReader(deps, c, (reader) => toDecision(deps, c, reader)),
  );
  app.notFound((c) => c.html(consoleNotice(CONSOLE.noPage), 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException)
      return c.html(consoleNotice({ title: error.message, text: '' }), error.status);
    deps.log('error', 'console page failed', errorFields(error));
    return c.html(consoleNotice(CONSOLE.failed), 500);
  });
  return app;
}

/**
 * Calls `then` for a signed-in person who is in policy. Redirects everyone else to the sign-in, which drops a submitted
 * form.
 */
async function withReader(
  deps: ConsoleDeps,
  c: Context,
  then: (reader: ConsoleReader) => Promise<Response>,
): Promise<Response> {
  const id = deps.actsAs ?? (await whoIsAtConsole(deps, c));
  const person = id === null ? undefined : deps.policy.escalation.people[id];
  if (id !== null && person) {
    if (!may(person, 'read')) return c.html(consoleNotice(CONSOLE.noRole), 403);
    const reader = { id, name: person.name };
    try {
      return await then(reader);
    } catch (error) {
      if (error instanceof HTTPException) throw error;
      deps.log('error', 'console page failed', errorFields(error));
      // The stop button must work when nothing can be read.
      return c.html(consoleNotice(CONSOLE.failed, haltPathOf(deps, c, reader)), 500);
    }
  }
  const { pathname, search } = new URL(c.req.url);
  const back = c.req.method === 'GET' ? pathname + search : '/console';
  return c.redirect(`/sign-in/console?to=${encodeURIComponent(back)}`, 303);
}

/** The incident of the address; null if there is none or nothing of it can be read. */
async function viewOf(deps: ConsoleDeps, c: Context, reader: ConsoleReader) {
  const id = IncidentId.safeParse(c.req.param('id'));
  return id.success ? ((await incidentView(deps, reader, id.data)) ?? null) : null;
}

/** The record of the incident of the address alone; undefined if there is none or it can't be read. */
async function incidentOf({ store }: ConsoleDeps, c: Context) {
  const id = IncidentId.safeParse(c.req.param('id'));
  return id.success ? store.records.readableIncident(id.data) : undefined;
}

async function show(
  deps: ConsoleDeps,
  c: Context,
  reader: ConsoleReader,
  outstanding: ReturnType<ReadOutstanding>,
): Promise<Response> {
  const [view, status] = await Promise.all([viewOf(deps, c, reader), statusOf(deps, outstanding)]);
  if (!view) return c.html(consoleNotice(CONSOLE.notFound, haltPathOf(deps, c, reader)), 404);
  return c.html(framed(deps, c, reader, { page: incidentPage(view), status }));
}

async function exported(deps: ConsoleDeps, c: Context, reader: ConsoleReader): Promise<Response> {
  const view = await viewOf(deps, c, reader);
  if (!view) return c.html(consoleNotice(CONSOLE.notFound), 404);
  const file = c.req.param('file') ?? '';
  if (file.endsWith('html')) return c.html(asPage(reportOf(view)));
  const name = `${view.incident.incidentId}.${file.split('.').at(-1)}`;
  c.header('Content-Disposition', `attachment; filename="${name}"`);
  if (file.endsWith('json')) return c.json(recordsOf(view));
  return c.body(asMarkdown(reportOf(view)), 200, {
    'Content-Type': 'text/markdown; charset=utf-8',
  });
}

async function addNote(deps: ConsoleDeps, c: Context, reader: ConsoleReader): Promise<Response> {
  if (!may(deps.policy.escalation.people[reader.id], 'note'))
    return c.html(consoleNotice(CONSOLE.noRole), 403);
  const incident = await incidentOf(deps, c);
  if (!incident) return c.html(consoleNotice(CONSOLE.notFound), 404);
  const form = NoteForm.safeParse(await c.req.parseBody());
  if (!form.success)
    return c.html(
      consoleNotice(CONSOLE.unreadableForm('Note', `1 to ${MAX_NOTE} characters`)),
      422,
    );
  const { found, unreadable } = await deps.store.notes.of(incident.incidentId);
  if (found.length + unreadable.length >= MAX_NOTES)
    return c.html(consoleNotice(CONSOLE.notesFull), 409);
  const note = { at: deps.now().toISOString(), by: reader.id, text: form.data.text };
  await deps.store.notes.add(incident.incidentId, deps.newId(), note);
  return c.redirect(`/console/incident/${incident.incidentId}#notes`, 303);
}

/** Redirects to the reader's open requests of the incident, or to its page if the reader has none. */
async function toQuestion(deps: ConsoleDeps, c: Context, reader: ConsoleReader): Promise<Response> {
  const incident = await incidentOf(deps, c);
  if (!incident) return c.html(consoleNotice(CONSOLE.notFound), 404);
  const { found } = await deps.store.records.readActions(incident.incidentId);
  const [first, ...others] = mayDecide(deps.policy, reader)
    ? openRequestsTo(reader.id, found, incident.alerts, deps.now())
    : [];
  return c.redirect(
    first
      ? await questionUrl(deps, first, reader, others)
      : `/console/incident/${incident.incidentId}`,
    303,
  );
}

/** Redirects to the page on which the reader decides about the action; 410 if there is none. */
async function toDecision(deps: ConsoleDeps, c: Context, reader: ConsoleReader): Promise<Response> {
  if (!mayDecide(deps.policy, reader)) return c.html(consoleNotice(CONSOLE.noRole), 403);
  const { id = '', action: actionId = '' } = c.req.param();
  const action = IncidentId.safeParse(id).success
    ? await deps.store.records.readableAction(id, actionId)
    : undefined;
  if (action && waitsFor(action, reader.id))
    return c.redirect(await questionUrl(deps, action, reader), 303);
  if (action && mayReverse(action)) {
    const until = new Date(deps.now().getTime() + LINK_MINUTES * 60_000);
    return c.redirect(await reviewUrl(deps, action, reader, until), 303);
  }
  return c.html(consoleNotice(CONSOLE.gone), 410);
}
