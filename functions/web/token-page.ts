// Issues and ends tokens of the read-only API for people who signed in.
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import * as z from 'zod/mini';
import { may } from '../policy/may.ts';
import { issueToken, TOKEN_MINUTES } from '../sign-in/api-token.ts';
import { whoIsAtConsole } from '../sign-in/session.ts';
import { type Html, noticePage, shell } from '../site/page.ts';
import type { WebDeps } from './deps.ts';
import { TOKEN } from './texts/token.ts';

type Deps = Pick<WebDeps, 'policy' | 'pages' | 'newId' | 'now' | 'log'> & {
  store: { reads: Pick<WebDeps['store']['reads'], 'add'> };
};

const PATH = '/sign-in/api';
/** `ended`: the person whose tokens end. Without it, the form creates a token. */
const Form = z.object({ ended: z.optional(z.string()) });

export const tokenSite = (deps: Deps): Hono =>
  new Hono()
    .get('/', (c) => withReader(deps, c, (person) => c.html(tokenPage(deps, person))))
    .post('/', (c) =>
      withReader(deps, c, async (person) => {
        const { ended } = Form.parse(await c.req.parseBody());
        return ended === undefined ? create(deps, c, person) : end(deps, c, person, ended);
      }),
    );

function tokenPage({ policy }: Deps, person: string): Html {
  const { people } = policy.escalation;
  const others = Object.entries(people).filter(
    ([id, one]) => id !== person && mayEnd(policy, person, id) && may(one, 'read'),
  );
  return shell(
    TOKEN.title,
    html`<header><h1>${TOKEN.title}</h1><p>${TOKEN.about(TOKEN_MINUTES)}</p></header>
<form method="post" action="${PATH}"><button class="primary">${TOKEN.create}</button></form>
<section><h2>${TOKEN.end}</h2><p>${TOKEN.aboutEnd}</p>
<form method="post" action="${PATH}"><button class="small" name="ended" value="${person}">${TOKEN.endOwn}</button></form>
${others.length === 0 ? '' : html`<form method="post" action="${PATH}"><label for="ended">${TOKEN.ofPerson}</label> <select id="ended" name="ended">${others.map(([id, { name }]) => html`<option value="${id}">${name}</option>`)}</select> <button class="small">${TOKEN.endTheirs}</button></form>`}</section>`,
  );
}

async function create(deps: Deps, c: Context, person: string): Promise<Response> {
  const { token, expiresAt } = await issueToken(deps, person);
  // A token that can't be recorded isn't shown.
  await record(deps, person, { until: expiresAt.toISOString() });
  deps.log('info', 'API token issued', { person, expiresAt: expiresAt.toISOString() });
  return c.html(
    shell(
      TOKEN.issued,
      html`<header><h1>${TOKEN.issued}</h1><p>${TOKEN.copy(expiresAt)}</p></header>
<pre class="token">${token}</pre>`,
    ),
  );
}

/** The record is what ends the tokens, so that an end that can't be recorded fails. */
async function end(deps: Deps, c: Context, by: string, ended: string): Promise<Response> {
  const { policy, log } = deps;
  const person = policy.escalation.people[ended];
  if (!person || !mayEnd(policy, by, ended)) return c.html(noticePage(TOKEN.mayNotEnd, BACK), 403);
  await record(deps, by, { ended });
  log('warn', 'API tokens ended', { by, person: ended });
  return c.html(noticePage(TOKEN.ended(person.name), BACK));
}

const BACK = { path: PATH, label: TOKEN.title };

const mayEnd = ({ escalation: { people } }: Deps['policy'], by: string, ended: string): boolean =>
  by === ended || may(people[by], 'end-tokens');

function record(deps: Deps, by: string, what: { until: string } | { ended: string }) {
  const at = deps.now().toISOString();
  const read = { at, by, route: PATH, incidentId: null, ...what };
  return deps.store.reads.add(deps.newId(), read);
}

async function withReader(
  deps: Deps,
  c: Context,
  then: (person: string) => Response | Promise<Response>,
): Promise<Response> {
  // On a laptop no one signs in, and the API needs no token.
  if (deps.policy.signIn === null) return c.html(noticePage(TOKEN.notNeeded), 404);
  const id = await whoIsAtConsole(deps, c);
  if (id === null) return c.html(noticePage(TOKEN.signInFirst, TOKEN.signIn), 403);
  return may(deps.policy.escalation.people[id], 'read')
    ? then(id)
    : c.html(noticePage(TOKEN.noRole), 403);
}
