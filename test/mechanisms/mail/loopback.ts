// A loopback mail provider: the stand-in behind real HTTP, with faults.
import type { AddressInfo } from 'node:net';
import { type ServerType, serve } from '@hono/node-server';
import type { HttpClients } from '../../../functions/platform/http.ts';

export type Provider = { fetch: (request: Request) => Response | Promise<Response> };
export type MailServer = Awaited<ReturnType<typeof startMailServer>>;

export async function startMailServer() {
  let provider: Provider = { fetch: () => new Response('not set up', { status: 501 }) };
  let answers: ((request: Request) => Response | null)[] = [];
  const asked: string[] = [];
  const slept: number[] = [];
  const fetchIt = (request: Request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    for (const [i, answer] of answers.entries()) {
      const answered = answer(request);
      if (!answered) continue;
      answers = answers.toSpliced(i, 1);
      return answered;
    }
    return provider.fetch(request);
  };
  const server = await new Promise<ServerType>((resolve) => {
    const started = serve({ fetch: fetchIt, port: 0, hostname: '127.0.0.1' }, () =>
      resolve(started),
    );
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: HttpClients = {
    http: {
      // The loopback server answers for every host.
      fetch: (url, init) => {
        const { pathname, search } = new URL(url);
        return fetch(`${origin}${pathname}${search}`, init);
      },
    },
    sleep: async (milliseconds) => void slept.push(milliseconds),
  };
  return {
    clients,
    asked,
    slept,
    serves(next: Provider) {
      [provider, answers] = [next, []];
      asked.length = 0;
      slept.length = 0;
    },
    /** Answers the next request whose path has this ending with this response, once. */
    interrupt(end: string, response: () => Response) {
      answers = [
        ...answers,
        (request) => (new URL(request.url).pathname.endsWith(end) ? response() : null),
      ];
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

export const answering = (status: number, body: object, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });
