// The console's routes, next to those of the decision pages.
import { Hono } from 'hono';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import * as z from 'zod/mini';
import { SwitchMode } from '../functions/domain/kill-switch.ts';
import { errorFields, type Log } from '../functions/platform/log.ts';
import { harmlessPages } from '../functions/site/guard.ts';
import { noticePage } from '../functions/site/page.ts';
import { freshEvent, loadSamples } from '../local/samples.ts';
import { type ConsoleDeps, overview } from './overview.ts';
import { live, page } from './page.ts';
import { SCRIPT } from './script.ts';
import { shadowPage, tallyIn } from './shadow.ts';
import { STYLE } from './style.ts';
import { FRAME, SWITCHED } from './texts.ts';

const EmptyForm = z.strictObject({ by: z.enum(['person', 'deployment']) });
const SwitchForm = z.strictObject({ mode: SwitchMode });

export function createConsole(deps: ConsoleDeps & { newId: () => string; log: Log }): Hono {
  const { runtime, now, newId, log } = deps;
  const app = new Hono();
  const headers = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
  });
  // A form of another site must not send alerts or set the kill switch.
  const { origin, port } = new URL(deps.webBaseUrl);
  // A person may type localhost instead of 127.0.0.1.
  app.use(harmlessPages);
  app.use(csrf({ origin: [origin, `http://localhost:${port}`] }));
  for (const path of ['/', '/live', '/events', '/shadow']) app.use(path, headers);
  const samples = loadSamples();
  app.get('/', async (c) => c.html(page(await overview(deps), samples)));
  app.get('/live', async (c) => c.html(live(await overview(deps))));
  app.get('/shadow', async (c) => c.html(shadowPage(await tallyIn(runtime))));
  app.get('/console.css', (c) => c.body(STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
  app.get('/console.js', (c) =>
    c.body(SCRIPT, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  );
  app.post('/samples/:id', async (c) => {
    const sample = samples.find(({ id }) => id === c.req.param('id'));
    if (!sample) return c.notFound();
    await runtime.accept(freshEvent(sample, newId, now()));
    return c.redirect('/', 303);
  });
  app.post('/events', async (c) => {
    const { event } = z.object({ event: z.string() }).parse(await c.req.parseBody());
    const accepted = await runtime.accept(event);
    const reasons = accepted.flatMap((one) => (one.outcome === 'refused' ? one.reason : []));
    return reasons.length > 0
      ? c.html(page(await overview(deps), samples, { reasons, event }), 422)
      : c.redirect('/', 303);
  });
  app.post('/empty-ip-sets', async (c) => {
    const { by } = EmptyForm.parse(await c.req.parseBody());
    await runtime.emptyIpSets(by);
    return c.redirect('/', 303);
  });
  app.post('/switch', async (c) => {
    const { mode } = SwitchForm.parse(await c.req.parseBody());
    const { killSwitch } = runtime.store;
    const { account } = deps.policy;
    const { mode: current, entries } = await killSwitch.read(account);
    const said = { by: 'person:console', at: now().toISOString(), why: SWITCHED };
    if (mode === 'halt' || (mode === 'ask' && current === 'run'))
      await killSwitch.halt(account, { mode, ...said });
    else {
      const seen = entries.flatMap(({ id }) => id ?? []);
      const decided = { ...said, mode, authTime: null, seen };
      await killSwitch.resume(account, runtime.keys.resumptions, newId(), decided);
    }
    return c.redirect('/', 303);
  });
  app.all('/console/*', (c) => runtime.console.fetch(c.req.raw));
  app.route('/', runtime.web);
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    log('error', 'console failed', errorFields(error));
    return c.html(noticePage(FRAME.failed), 500);
  });
  app.notFound((c) => c.html(noticePage(FRAME.notFound), 404));
  return app;
}
