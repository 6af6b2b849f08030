// A loopback server in place of the model: it answers as told and remembers what it was asked.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;
export type ModelServer = Awaited<ReturnType<typeof startModelServer>>;

export async function startModelServer() {
  const asked: { path: string; headers: IncomingMessage['headers']; body: string }[] = [];
  let answers: Answer[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    asked.push({ path: request.url ?? '', headers: request.headers, body });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    /** One answer per request, the last one for all that follow. */
    willAnswer(...given: Answer[]) {
      answers = given;
      asked.length = 0;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

export const raw =
  (status: number, body: string | Buffer, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);

/** What Anthropic's API sends around the model's text. */
export const message = (text: string, change: object = {}): Answer =>
  raw(
    200,
    JSON.stringify({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-test',
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
      ...change,
    }),
  );

export const failure = (status: number, headers: Record<string, string> = {}): Answer =>
  raw(
    status,
    JSON.stringify({ type: 'error', error: { type: 'some_error', message: `status ${status}` } }),
    headers,
  );

export const silence: Answer = () => {};
