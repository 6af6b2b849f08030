// A proxy for moto that runs Lambda invocations in this process.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

export type InvokeHandlers = Record<string, (payload: unknown) => Promise<unknown>>;

export type LambdaProxy = {
  port: number;
  /** moto starts after the proxy, because it needs the proxy's port. */
  forwardTo(motoPort: number): void;
  close(): Promise<void>;
};

const invocationPath = /^\/2015-03-31\/functions\/([^/]+)\/invocations(?:\?|$)/;

/**
 * A function without a handler does not exist. moto itself would answer any invocation with a
 * fixed text.
 */
export async function startLambdaProxy(handlers: InvokeHandlers): Promise<LambdaProxy> {
  let motoPort: number | undefined;
  const server = createServer((incoming, response) => {
    answer(incoming, response, handlers, motoPort).catch((error: unknown) => {
      // Breaks only this connection. The caller reports the reset with its own context.
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    forwardTo(port) {
      motoPort = port;
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

async function answer(
  incoming: IncomingMessage,
  response: ServerResponse,
  handlers: InvokeHandlers,
  motoPort: number | undefined,
): Promise<void> {
  const encodedName = invocationPath.exec(incoming.url ?? '')?.[1];
  if (incoming.method === 'POST' && encodedName !== undefined) {
    return invoke(incoming, response, handlers, functionName(decodeURIComponent(encodedName)));
  }
  if (motoPort === undefined) throw new Error('a request came before moto was ready');
  return forward(incoming, response, motoPort);
}

/** AWS accepts `name`, `name:qualifier`, `account:function:name` and the ARN (Invoke, FunctionName). */
function functionName(nameOrArn: string): string {
  const afterMarker = nameOrArn.split(':function:')[1] ?? nameOrArn;
  return afterMarker.split(':')[0] ?? afterMarker;
}

async function invoke(
  incoming: IncomingMessage,
  response: ServerResponse,
  handlers: InvokeHandlers,
  name: string,
): Promise<void> {
  const body = await text(incoming);
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
  if (!handler) {
    return refuse(response, 404, 'ResourceNotFoundException', `Function not found: ${name}`);
  }
  const invocationType = incoming.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (invocationType !== 'RequestResponse') {
    const message = `the proxy answers RequestResponse only, not ${invocationType}`;
    return refuse(response, 400, 'InvalidParameterValueException', message);
  }
  const headers = { 'Content-Type': 'application/json', 'X-Amz-Executed-Version': '$LATEST' };
  try {
    const result = await handler(body === '' ? {} : JSON.parse(body));
    response.writeHead(200, headers).end(JSON.stringify(result ?? null));
  } catch (error) {
    // A failed function is a successful invocation: status 200, with an error header.
    response.writeHead(200, { ...headers, 'X-Amz-Function-Error': 'Unhandled' });
    response.end(JSON.stringify(runtimeError(error)));
  }
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'X-Amzn-ErrorType': type,
    // moto's engine copies it into the Cause, and fails with States.Runtime when it is absent.
    'X-Amzn-RequestId': randomUUID(),
  });
  response.end(JSON.stringify({ Type: 'User', Message: message }));
}

/** The error shape of the Node.js runtime, without the stack, which contains paths of this machine. */
function runtimeError(error: unknown) {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: [] }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}

async function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  motoPort: number,
): Promise<void> {
  // moto identifies the service by the signature and the Host header, so both stay unchanged.
  // This server has already answered `expect`.
  const { expect: _answered, ...headers } = incoming.headers;
  const outgoing = request({
    host: '127.0.0.1',
    port: motoPort,
    method: incoming.method,
    path: incoming.url,
    headers,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject);
  });
  const [, upstream] = await Promise.all([pipeline(incoming, outgoing), answered]);
  response.writeHead(upstream.statusCode ?? 502, upstream.headers);
  await pipeline(upstream, response);
}
