// The console's deployed handler on moto, with only its role's permissions.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { proofKeys } from '../../functions/authority/keys.ts';
import { ENV } from '../../functions/domain/env.ts';
import { startConsole } from '../../functions/sign-in/session.ts';
import { createStore, type Store } from '../../functions/store/store.ts';
import { createTableInput } from '../../local/engine/database.ts';
import { INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { covers, type DeployedFunction, functionsOf, templateWith } from '../infra/template.ts';
import { inForce, put, waiting } from '../web/approval-pages.ts';
import { type Moto, startMoto } from './moto-server.ts';

const signIn = {
  ...{ issuer: 'https://login.example.com', clientId: 'c', clientSecret: 's', claim: 'email' },
  acrValues: [],
};
let role: DeployedFunction;

type Handler = (event: unknown) => Promise<APIGatewayProxyStructuredResultV2>;
let moto: Moto;
let store: Store;
let folder: string;
let handler: Handler;
let recorder: Server;
let cookieOf: (person: string) => Promise<string>;
/** API calls of the handler, such as `dynamodb:GetItem`, with the partition key of a write. */
let calls: { action: string; pk: string | null }[] = [];
const clients: { destroy(): void }[] = [];

const SERVICES: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'dynamodb',
  TrentService: 'kms',
};

/** Forwards to moto and records each call. */
function recording(port: number): Server {
  return createServer(async (incoming, answer) => {
    const body = await buffer(incoming);
    const [service = '', operation = ''] = `${incoming.headers['x-amz-target']}`.split('.');
    const { Item } = JSON.parse(body.toString() || '{}');
    calls.push({ action: `${SERVICES[service] ?? service}:${operation}`, pk: Item?.pk?.S ?? null });
    const { method, url: path, headers } = incoming;
    const sent = forward({ host: '127.0.0.1', port, method, path, headers }, (received) => {
      answer.writeHead(received.statusCode ?? 502, received.headers);
      received.pipe(answer);
    });
    sent.end(body);
  });
}

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  role = functionsOf(templateWith({ policy: { signIn } })).get('console')!;
  moto = await startMoto();
  recorder = recording(Number(new URL(moto.endpoint).port)).listen(0, '127.0.0.1');
  await new Promise((resolve) => recorder.once('listening', resolve));
  folder = mkdtempSync(join(tmpdir(), 'countermand-console-'));
  writeFileSync(join(folder, 'policy.json'), JSON.stringify({ ...POLICY, signIn }));
  const database = new DynamoDB(moto.clientConfig);
  const kms = new KMS(moto.clientConfig);
  clients.push(database, kms);
  await database.createTable(createTableInput('table'));
  store = createStore(database, 'table', () => {});
  const key = async () => {
    const made = await kms.createKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    return made.KeyMetadata?.Arn ?? '';
  };
  const proofs = {
    ...{ voteKeyArn: await key(), rulingKeyArn: await key() },
    ...{ evidenceKeyArn: await key(), alertKeyArn: await key(), resumeKeyArn: await key() },
  };
  const needed: Record<string, string> = {
    [ENV.tableName]: 'table',
    [ENV.policyPath]: join(folder, 'policy.json'),
    [ENV.linkKeyArn]: await key(),
    [ENV.webBaseUrl]: 'https://countermand.example',
    [ENV.voteKeyArn]: proofs.voteKeyArn,
    [ENV.rulingKeyArn]: proofs.rulingKeyArn,
    [ENV.evidenceKeyArn]: proofs.evidenceKeyArn,
    [ENV.alertKeyArn]: proofs.alertKeyArn,
    [ENV.resumeKeyArn]: proofs.resumeKeyArn,
  };
  const given = role.properties.Environment.Variables;
  for (const [name, value] of Object.entries(needed)) {
    expect(given, name).toHaveProperty(name);
    vi.stubEnv(name, value);
  }
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(recorder.address() as AddressInfo).port}`,
    AWS_REGION: moto.clientConfig.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  }))
    vi.stubEnv(name, value);
  const pages = proofKeys(kms, proofs, {}).votes;
  cookieOf = async (person) => {
    const app = new Hono().get('/', async (c) => {
      await startConsole({ pages, newId: () => 'id', now: () => new Date() }, c, person);
      return c.text('');
    });
    return (await app.request('/')).headers.getSetCookie()[0]?.split(';')[0] ?? '';
  };
  ({ handler } = (await import('../../functions/web/console/handler.ts')) as unknown as {
    handler: Handler;
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const client of clients) client.destroy();
  recorder.closeAllConnections();
  await new Promise((resolve) => recorder.close(resolve));
  rmSync(folder, { recursive: true });
  await moto.stop();
});
beforeEach(() => {
  calls = [];
});

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
const call = async (
  method: 'GET' | 'POST',
  path: string,
  { person, form }: { person?: string; form?: Record<string, string> } = {},
) =>
  handler({
    version: '2.0',
    routeKey: `${method} /console/{proxy+}`,
    rawPath: path,
    rawQueryString: '',
    cookies: person ? [await cookieOf(person)] : [],
    headers: {
      host: 'countermand.example',
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    requestContext: {
      accountId: POLICY.account,
      apiId: 'api',
      domainName: 'countermand.example',
      domainPrefix: 'countermand',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '198.51.100.1', userAgent: 'laptop' },
      requestId: 'r-1',
      routeKey: `${method} /console/{proxy+}`,
      stage: '$default',
      time: '24/Nov/2026:03:01:00 +0000',
      timeEpoch: 0,
    },
    ...(form && { body: Buffer.from(new URLSearchParams(form).toString()).toString('base64') }),
    isBase64Encoded: form !== undefined,
  } satisfies APIGatewayProxyEventV2);

/** The calls that the role would have refused. */
const refused = () =>
  calls.filter(
    ({ action, pk }) =>
      !role.permissions.some(
        ({ effect, actions, condition }) =>
          effect === 'Allow' &&
          actions.some((granted) => covers(granted, action)) &&
          (action !== 'dynamodb:PutItem' ||
            JSON.stringify(condition).includes(`${pk?.split('#')[0]}#*`)),
      ),
  );

const PAGE = `/console/incident/${INCIDENT_ID}`;

test('serves an incident, its report, a note and the way to decide, with no call beyond its role', async () => {
  const asked = await put(store, waiting());
  const made = inForce({ actionId: 'act-0123456789abcdef-7' });
  await store.records.createAction(made);
  const person = 'ana.silva';
  const page = await call('GET', PAGE, { person });
  expect([page.statusCode, page.headers?.['content-security-policy']]).toEqual([
    200,
    expect.stringContaining("default-src 'none'"),
  ]);
  expect(page.body).toContain('Timeline of this incident');
  for (const format of ['md', 'html', 'json'])
    expect((await call('GET', `${PAGE}/report.${format}`, { person })).statusCode).toBe(200);
  const note = await call('POST', `${PAGE}/notes`, { person, form: { text: 'Called them.' } });
  expect(note.statusCode).toBe(303);
  expect((await call('GET', PAGE, { person })).body).toContain('Called them.');
  const review = await call('GET', `${PAGE}/decide/${made.actionId}`, { person });
  expect(review.headers?.location).toMatch('https://countermand.example/review/');
  expect((await call('GET', `${PAGE}/decide/${asked.actionId}`, { person })).statusCode).toBe(303);
  expect(refused()).toEqual([]);
  expect(new Set(calls.map(({ action }) => action))).toEqual(
    new Set([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'kms:GenerateMac',
      'kms:VerifyMac',
    ]),
  );
});

test('reads and writes nothing for someone without a session', async () => {
  const form = { text: 'x' };
  for (const answer of [await call('GET', PAGE), await call('POST', `${PAGE}/notes`, { form })])
    expect([answer.statusCode, answer.headers?.location]).toEqual([
      303,
      expect.stringMatching(/^\/sign-in\/console\?to=/),
    ]);
  expect(calls.filter(({ action }) => action.startsWith('dynamodb'))).toEqual([]);
});
