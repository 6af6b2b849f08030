// The sites of the laptop, wired as in AWS: approvals, console, stop and API.
import { Hono } from 'hono';
import type { HaltDeps } from '../functions/halt/deps.ts';
import { createHalt } from '../functions/halt/halt.ts';
import { type Deed, personWho } from '../functions/policy/may.ts';
import type { ResumeDeps } from '../functions/resume/deps.ts';
import { createResume } from '../functions/resume/resume.ts';
import { createApi } from '../functions/web/api/api.ts';
import type { ApiDeps } from '../functions/web/api/deps.ts';
import type { ConsoleDeps } from '../functions/web/console/deps.ts';
import { createConsole } from '../functions/web/console/site.ts';
import type { WebDeps } from '../functions/web/deps.ts';
import { createWeb } from '../functions/web/web.ts';

type SiteDeps = WebDeps &
  Omit<HaltDeps & ConsoleDeps & ApiDeps, 'actsAs'> &
  Omit<ResumeDeps, 'actsAs' | 'resumptions'>;

type Given = {
  depsOf: (name: string) => SiteDeps;
  keys: { resumptions: ResumeDeps['resumptions'] };
  /** Changes with each change that the console shows. */
  changes: () => string;
};

export function createSites({ depsOf, keys, changes }: Given) {
  const { resumptions } = keys;
  const { policy, provider } = depsOf('web');
  const { people } = policy.escalation;
  // No one signs in on a laptop: the first person of policy reads the console.
  const [reader = ''] = Object.keys(people);
  const actsAs = provider ? null : reader;
  const actorFor = (deed: Deed): string | null =>
    provider ? null : (personWho(people, deed) ?? null);
  const site = new Hono();
  const halt = createHalt({ ...depsOf('halt'), actsAs: actorFor('halt') });
  const resume = createResume({ ...depsOf('resume'), resumptions, actsAs: actorFor('resume') });
  site.all('/console/halt', (c) => halt.fetch(c.req.raw, c.env));
  site.all('/console/resume', (c) => resume.fetch(c.req.raw, c.env));
  const own = depsOf('console');
  // A page shows a change at once, although its summary follows with the next tick.
  const revision = async () => `${await own.store.summaries.revision()} ${changes()}`;
  const summaries = { ...own.store.summaries, revision };
  const consoleDeps: ConsoleDeps = { ...own, store: { ...own.store, summaries }, actsAs };
  site.route('/', createConsole(consoleDeps));
  return {
    web: createWeb(depsOf('web')),
    console: site,
    api: createApi({ ...depsOf('api'), actsAs }),
    /** For pages in the console's frame, and the person who reads them. */
    consoleDeps,
    reader: { id: reader, name: people[reader]?.name ?? reader },
  };
}
