// The console and people's pages of one account in memory, on loopback.
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { createConsole } from '../../console/console.ts';
import { createWorld } from '../flow/world.ts';

export const PHONE = { width: 390, height: 844 };
export type Site = Awaited<ReturnType<typeof startSite>>;

/** `account` receives the base URL and returns what differs from the default. */
export async function startSite(
  account: (
    url: string,
  ) => Pick<Parameters<typeof createWorld>[0] & object, 'policy' | 'provider'> = () => ({}),
) {
  let handle: (request: Request) => Response | Promise<Response> = () =>
    new Response('starting', { status: 503 });
  const server = serve({ fetch: (request) => handle(request), port: 0, hostname: '127.0.0.1' });
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const world = await createWorld({ baseUrl: url, ...account(url) });
  let ids = 0;
  const { fetch } = createConsole({
    runtime: world.runtime,
    analyst: 'the playbook',
    webBaseUrl: url,
    now: world.clock.now,
    newId: () => `id-${String(++ids).padStart(8, '0')}`,
    log: () => {},
  });
  handle = (request) => fetch(request);
  return {
    url,
    world,
    /** Serves only the pages from now on, as in an account. */
    withoutConsole() {
      handle = (request) => world.runtime.web.fetch(request);
    },
    /** Stops answering, as after Ctrl-C. */
    breakDown() {
      handle = () => new Response('gone', { status: 503 });
    },
    /** `written`: the test put records into the table itself, as an attacker would. */
    async stop({ written = false } = {}) {
      await new Promise((resolve) => server.close(resolve));
      await (written ? world.runtime : world).stop();
    },
  };
}
