// Serves the console and the pages of the current runtime, below the demo bar.
import { Hono } from 'hono';
import { csrf } from 'hono/csrf';
import * as z from 'zod/mini';
import { noticePage } from '../functions/site/page.ts';
import type { Demo } from '../local/demo.ts';
import type { Runtime } from '../local/runtime.ts';
import { DEMO_STYLE, demoBar } from './demo-bar.ts';
import { DEMO } from './texts.ts';

/** A path of this site: the form must not redirect to another site. */
const Path = z.string().check(z.regex(/^\/(?![/\\])[\w/.-]*$/));
const DemoForm = z.object({
  do: z.enum(['hour', 'event', 'set', 'reset']),
  back: z.catch(Path, '/'),
  shadow: z.optional(z.string()),
  two: z.optional(z.string()),
});

type DemoSite = {
  demo: Demo;
  /** The console and the pages over one runtime. */
  appOf: (runtime: Runtime) => Hono;
  /** The result of the self-test of the actions, in words. */
  drills: () => string;
  webBaseUrl: string;
};

export function createDemoSite({ demo, appOf, drills, webBaseUrl }: DemoSite): Hono {
  const site = new Hono();
  const { origin, port } = new URL(webBaseUrl);
  // A page of another site whose name leads to this machine must not read or decide anything.
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  site.use(async (c, next) =>
    hosts.includes(new URL(c.req.url).host) ? next() : c.text(DEMO.otherHost, 421),
  );
  site.use('/demo', csrf({ origin: [origin, `http://localhost:${port}`] }));
  site.get('/demo.css', (c) => c.body(DEMO_STYLE, 200, { 'Content-Type': 'text/css' }));
  site.post('/demo', async (c) => {
    const form = DemoForm.parse(await c.req.parseBody());
    if (form.do === 'hour') await demo.passHour();
    else if (form.do === 'set')
      await demo.set({ shadow: form.shadow !== undefined, twoApprovers: form.two !== undefined });
    else if (form.do === 'reset') await demo.reset();
    else if (!(await demo.passToNext())) return c.html(noticePage(DEMO.nothingDue), 409);
    return c.redirect(form.do === 'reset' ? '/' : form.back, 303);
  });

  let served: { runtime: Runtime; app: Hono } | undefined;
  site.all('*', async (c) => {
    const runtime = demo.runtime();
    if (served?.runtime !== runtime) served = { runtime, app: appOf(runtime) };
    const answer = await served.app.fetch(c.req.raw);
    if (!answer.headers.get('Content-Type')?.startsWith('text/html')) return answer;
    const page = await answer.text();
    const state = { now: demo.now(), settings: demo.settings(), drills: drills() };
    const bar = `${await demoBar(state, c.req.path)}`;
    const withBar = page
      .replace('</head>', () => '<link rel="stylesheet" href="/demo.css">\n</head>')
      .replace('<body>', () => `<body>\n${bar}`);
    return new Response(withBar, answer);
  });
  return site;
}
