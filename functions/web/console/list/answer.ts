// Serves the list and the changes in force; 304 if nothing changed.
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { keysOf } from '../../../store/read-all.ts';
import type { ConsoleDeps, ConsoleReader } from '../deps.ts';
import { framed } from '../framed.ts';
import { mayDecide } from '../incident-view.ts';
import type { ReadOutstanding } from '../outstanding.ts';
import type { ConsolePage } from '../pages/frame.ts';
import { inForcePage } from '../pages/in-force.ts';
import { listPage } from '../pages/list.ts';
import { statusOf } from '../status.ts';
import { readQuery } from './query.ts';
import type { createListReader } from './read.ts';

/** A page is rendered again after this time even if no record changed, because deadlines pass. */
const CURRENT_MS = 5 * 60_000;

type Request = {
  deps: ConsoleDeps;
  c: Context;
  reader: ConsoleReader;
  outstanding: ReadOutstanding;
};
type ReadList = ReturnType<typeof createListReader>;
/** What the page and the strip above it both show. */
type Shown = { revision: string; tag: string; outstanding: ReturnType<ReadOutstanding> };

/** Reads one item, the revision, when the reader's page is current. */
async function unlessCurrent(
  { deps, c, reader, outstanding: readOutstanding }: Request,
  write: (shown: Shown) => Promise<ConsolePage>,
): Promise<Response> {
  const revision = await deps.store.summaries.revision();
  const period = Math.floor(deps.now().getTime() / CURRENT_MS);
  const seen = [revision, c.req.url, reader.id, deps.policy.version, period].join(' ');
  const tag = `"${createHash('sha256').update(seen).digest('base64url').slice(0, 22)}"`;
  c.header('ETag', tag);
  if (c.req.header('If-None-Match') === tag) return c.body(null, 304);
  const outstanding = readOutstanding();
  const [page, status] = await Promise.all([
    write({ revision, tag, outstanding }),
    statusOf(deps, outstanding),
  ]);
  return c.html(framed(deps, c, reader, { page, status }));
}

export const answerList = (request: Request, readList: ReadList): Promise<Response> =>
  unlessCurrent(request, async ({ revision, tag, outstanding }) => {
    const { deps, c } = request;
    const asked = readQuery(c.req.query());
    const [read, { found }] = await Promise.all([
      readList(revision, asked.query.older),
      outstanding,
    ]);
    const { people } = deps.policy.escalation;
    const now = deps.now();
    const isNeeded = found.some(
      ({ status, approval }) =>
        status === 'reversal-failed' ||
        (status === 'awaiting-approval' && (approval?.expiresAt ?? '') > now.toISOString()),
    );
    return listPage({ read, asked, revision: tag, isNeeded, people, now });
  });

export const answerInForce = (request: Request, readList: ReadList): Promise<Response> =>
  unlessCurrent(request, async ({ revision, tag, outstanding }) => {
    const { deps, reader } = request;
    const [{ found, unreadable }, { summaries }] = await Promise.all([
      outstanding,
      readList(revision, undefined),
    ]);
    const { people } = deps.policy.escalation;
    return inForcePage({
      actions: found,
      titles: new Map(summaries.map(({ incidentId, title }) => [incidentId, title])),
      nameOf: (id) => people[id]?.name ?? id,
      mayDecide: mayDecide(deps.policy, reader),
      unreadable: keysOf(unreadable),
      revision: tag,
      now: deps.now(),
    });
  });
