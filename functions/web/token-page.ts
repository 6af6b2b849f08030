// Issues a token of the read-only API to a person who signed in to the console.
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { may } from '../policy/may.ts';
import { issueToken, TOKEN_MINUTES } from '../sign-in/api-token.ts';
import { whoIsAtConsole } from '../sign-in/session.ts';
import { noticePage, shell } from '../site/page.ts';
import type { WebDeps } from './deps.ts';
import { TOKEN } from './texts/token.ts';

type Deps = Pick<WebDeps, 'policy' | 'pages' | 'newId' | 'now' | 'log'> & {
  store: Pick<WebDeps['store'], 'reads'>;
};

const PATH = '/sign-in/api';

export const tokenSite = (deps: Deps): Hono =>
  new Hono()
    .get('/', (c) =>
      withReader(deps, c, () =>
        c.html(
          shell(
            TOKEN.title,
            html`<header><h1>${TOKEN.title}</h1><p>${TOKEN.about(TOKEN_MINUTES)}</p></header>
<form method="post" action="${PATH}"><button class="primary">${TOKEN.create}</button></form>`,
          ),
        ),
      ),
    )
    .post('/', (c) =>
      withReader(deps, c, async (person) => {
        const { token, expiresAt } = await issueToken(deps, person);
        // A token that can't be recorded isn't shown.
        await deps.store.reads.add(deps.newId(), {
          ...{ at: deps.now().toISOString(), by: person, route: PATH, incidentId: null },
          until: expiresAt.toISOString(),
        });
        deps.log('info', 'API token issued', { person, expiresAt: expiresAt.toISOString() });
        return c.html(
          shell(
            TOKEN.issued,
            html`<header><h1>${TOKEN.issued}</h1><p>${TOKEN.copy(expiresAt)}</p></header>
<pre class="token">${token}</pre>`,
          ),
        );
      }),
    );

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
