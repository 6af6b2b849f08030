// Serves the list and the changes in force; 304 if nothing changed.
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { Html } from '../../../site/page.ts';
import type { ConsoleDeps, ConsoleReader } from '../deps.ts';
import { haltPathOf } from '../halt-path.ts';
import { mayDecide } from '../incident-view.ts';
import { type ConsolePage, consoleFrame } from '../pages/frame.ts';
import { inForcePage } from '../pages/in-force.ts';
import { listPage } from '../pages/list.ts';
import { statusOf } from '../status.ts';
import { readQuery } from './query.ts';
import type { createListReader } from './read.ts';

/** A page is rendered again after this time even if no record changed, because deadlines pass. */
const CURRENT_MS = 5 * 60_000;

type ReadList = ReturnType<typeof createListReader>;

/** Reads one item, the revision, when the reader's page is current. */
async function unlessCurrent(
  deps: ConsoleDeps,
  c: Context,
  reader: ConsoleReader,
  write: (revision: string, tag: string) => Promise<ConsolePage>,
): Promise<Response> {
  const revision = await deps.store.summaries.revision();
  const period = Math.floor(deps.now().getTime() / CURRENT_MS);
  const shown = [revision, c.req.url, reader.id, deps.policy.version, period].join(' ');
  const tag = `"${createHash('sha256').update(shown).digest('base64url').slice(0, 22)}"`;
  c.header('ETag', tag);
  if (c.req.header('If-None-Match') === tag) return c.body(null, 304);
  const [page, status] = await Promise.all([write(revision, tag), statusOf(deps)]);
  const framed: Html = consoleFrame(page, {
    status,
    reader,
    policy: deps.policy,
    haltPath: haltPathOf(deps, c, reader),
  });
  return c.html(framed);
}

export const answerList = (
  deps: ConsoleDeps,
  c: Context,
  reader: ConsoleReader,
  readList: ReadList,
): Promise<Response> =>
  unlessCurrent(deps, c, reader, async (revision, tag) => {
    const asked = readQuery(c.req.query());
    const read = await readList(revision, asked.query.older);
    const { people } = deps.policy.escalation;
    return listPage({ read, asked, revision: tag, people, now: deps.now() });
  });

export const answerInForce = (
  deps: ConsoleDeps,
  c: Context,
  reader: ConsoleReader,
  readList: ReadList,
): Promise<Response> =>
  unlessCurrent(deps, c, reader, async (revision, tag) => {
    const [{ found, unreadable }, { summaries }] = await Promise.all([
      deps.store.records.outstanding(),
      readList(revision, undefined),
    ]);
    const { people } = deps.policy.escalation;
    return inForcePage({
      actions: found,
      titles: new Map(summaries.map(({ incidentId, title }) => [incidentId, title])),
      nameOf: (id) => people[id]?.name ?? id,
      mayDecide: mayDecide(deps.policy, reader),
      unreadable: unreadable.map(({ ids }) => `${ids.pk} ${ids.sk}`),
      revision: tag,
      now: deps.now(),
    });
  });
