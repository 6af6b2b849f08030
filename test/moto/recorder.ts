// Forwards calls to moto and records what a role would need for each.
import { createServer, request as forward, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type Call = {
  /** Such as `dynamodb:GetItem`. */
  action: string;
  /** The partition key that is written. */
  pk: string | null;
  /** The ARN of the key that is used. */
  keyArn: string | null;
};

/** Forwards to moto and records each call. Answers an invocation of a function itself. */
/** Answers a call in place of moto; undefined leaves it to moto. Throws an error of AWS. */
export type Answer = (
  action: string,
  request: { url: string; body: Record<string, unknown> },
) => Promise<object | undefined>;

export async function startRecorder(
  port: number,
  record: (call: Call) => void,
  answerFor: Answer = async () => undefined,
) {
  const server: Server = createServer(async (incoming, answer) => {
    const body = await buffer(incoming);
    const call = callIn(incoming, body.toString());
    record(call);
    if (call.action === 'lambda:InvokeFunction') return answer.writeHead(202).end();
    const { method, url: path = '', headers } = incoming;
    const text = body.toString();
    const parsed = text.startsWith('{') ? JSON.parse(text) : {};
    const replaced = await answerFor(call.action, { url: path, body: parsed }).catch(asAwsError);
    if (replaced) {
      const status = replaced instanceof AwsError ? replaced.status : 200;
      answer.writeHead(status, { 'content-type': 'application/json' });
      return answer.end(JSON.stringify(replaced));
    }
    const sent = forward({ host: '127.0.0.1', port, method, path, headers }, (received) => {
      answer.writeHead(received.statusCode ?? 502, received.headers);
      received.pipe(answer);
    });
    return sent.end(body);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

class AwsError {
  readonly __type: string;
  readonly message: string;
  /** Not part of the body. */
  readonly status = 400;
  constructor(type: string, message: string) {
    this.__type = type;
    this.message = message;
  }
}
const asAwsError = (error: unknown) =>
  new AwsError(
    error instanceof Error ? error.name : 'InternalError',
    error instanceof Error ? error.message : String(error),
  );

/**
 * The operation is in a header, in the form (IAM, SNS), or in the path (Lambda, Scheduler, API Gateway, Amazon SES).
 */
function callIn({ headers, method = '', url = '' }: IncomingMessage, body: string): Call {
  const [, service = ''] =
    /Credential=[^,]*\/([\w-]+)\/aws4_request/.exec(headers.authorization ?? '') ?? [];
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const { Item, Key, KeyId } = JSON.parse(body);
    const operation = target.split('.').at(-1);
    const pk = operation === 'PutItem' || operation === 'DeleteItem' ? (Item ?? Key).pk.S : null;
    return { action: `${service}:${operation}`, pk, keyArn: KeyId ?? null };
  }
  return {
    action: `${service}:${restOperation({ service, method, url, body })}`,
    pk: null,
    keyArn: null,
  };
}

const ON_SCHEDULES: Readonly<Record<string, string>> = {
  POST: 'CreateSchedule',
  PUT: 'UpdateSchedule',
  DELETE: 'DeleteSchedule',
};

const ON_FUNCTIONS: Readonly<Record<string, string>> = {
  'POST invocations': 'InvokeFunction',
  'GET configuration': 'GetFunctionConfiguration',
  'PUT configuration': 'UpdateFunctionConfiguration',
  'GET url': 'GetFunctionUrlConfig',
  'PUT url': 'UpdateFunctionUrlConfig',
};

function restOperation(call: Record<'service' | 'method' | 'url' | 'body', string>): string {
  const { service, method, url, body } = call;
  // IAM knows the API of API Gateway by its methods.
  if (service === 'apigateway') return method;
  if (service === 'scheduler') return ON_SCHEDULES[method] ?? method;
  const [, part = ''] = /\/functions\/[^/]+\/([\w-]+)/.exec(url) ?? [];
  const onFunction = ON_FUNCTIONS[`${method} ${part}`];
  if (onFunction) return onFunction;
  if (service === 'ses') return 'SendEmail';
  return new URLSearchParams(body).get('Action') ?? url;
}
