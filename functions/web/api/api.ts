// The read-only API: the console's readers as JSON, for people's programs.
import { type Context, Hono } from 'hono';
import type * as z from 'zod/mini';
import { IncidentId } from '../../domain/action.ts';
import { errorFields } from '../../platform/log.ts';
import { may } from '../../policy/may.ts';
import { whoHasToken } from '../../sign-in/api-token.ts';
import { noStore } from '../../site/guard.ts';
import { type IncidentView, incidentView } from '../console/incident-view.ts';
import { readQuery } from '../console/list/query.ts';
import { createListReader } from '../console/list/read.ts';
import { createOutstandingReader } from '../console/outstanding.ts';
import { effectsIn, incidentIn, incidentsIn, reportIn } from './answers.ts';
import type { ApiDeps } from './deps.ts';
import { ROUTES, type Route } from './routes.ts';
import type { Problem } from './schemas.ts';
import { PROBLEMS } from './texts.ts';

type Status = 401 | 403 | 404 | 405 | 422 | 500;

export function createApi(deps: ApiDeps): Hono {
  const app = new Hono();
  const readList = createListReader(deps);
  const outstanding = createOutstandingReader(deps);
  app.use(noStore);
  app.use(async (c, next) => {
    if (c.req.method !== 'GET') return problem(c, 405, 'notAllowed');
    await next();
    c.header('X-Content-Type-Options', 'nosniff');
  });
  app.get('/api/incidents', (c) =>
    answer(deps, c, ROUTES.incidents, async () => {
      const { query, invalid } = readQuery(c.req.query());
      if (invalid.length > 0) return problem(c, 422, 'query', invalid.join(', '));
      const read = await readList(await deps.store.summaries.revision(), query.older);
      return incidentsIn(read, query, deps.now());
    }),
  );
  app.get('/api/effects', (c) =>
    answer(deps, c, ROUTES.effects, async () => effectsIn(await outstanding())),
  );
  app.get('/api/incidents/:id', (c) => ofIncident(deps, c, ROUTES.incident, incidentIn));
  app.get('/api/incidents/:id/report', (c) => ofIncident(deps, c, ROUTES.report, reportIn));
  app.notFound((c) => problem(c, 404, 'noRoute'));
  app.onError((error, c) => {
    deps.log('error', 'API failed', errorFields(error));
    return problem(c, 500, 'failed');
  });
  return app;
}

const ofIncident = (
  deps: ApiDeps,
  c: Context,
  route: Route,
  write: (view: IncidentView) => unknown,
): Promise<Response> =>
  answer(deps, c, route, async (reader) => {
    const id = IncidentId.safeParse(c.req.param('id'));
    const view = id.success ? await incidentView(deps, reader, id.data) : undefined;
    return view ? write(view) : problem(c, 404, 'noIncident');
  });

/**
 * Answers a person whose role may read. The read is recorded before the answer is sent: a read that can't be recorded
 * fails.
 */
async function answer(
  deps: ApiDeps,
  c: Context,
  route: Route,
  read: (reader: { id: string; name: string }) => Promise<unknown>,
): Promise<Response> {
  const { policy, store, now, newId } = deps;
  const id = deps.actsAs ?? (await whoHasToken(deps, c.req.header('Authorization')));
  const person = id === null ? undefined : policy.escalation.people[id];
  if (id === null || !person) {
    c.header('WWW-Authenticate', 'Bearer realm="countermand"');
    return problem(c, 401, 'noToken');
  }
  if (!may(person, 'read')) return problem(c, 403, 'noRole');
  const found = await read({ id, name: person.name });
  if (found instanceof Response) return found;
  const at = now().toISOString();
  const incidentId = c.req.param('id') ?? null;
  await store.reads.add(newId(), { at, by: id, route: route.path, incidentId });
  return c.json(route.answer.parse(found) as object);
}

function problem(
  c: Context,
  status: Status,
  code: keyof typeof PROBLEMS,
  detail?: string,
): Response {
  const message = detail ? `${PROBLEMS[code]}: ${detail}` : PROBLEMS[code];
  return c.json({ error: { code, message } } satisfies z.infer<typeof Problem>, status);
}
