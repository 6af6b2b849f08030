// The pages behind API Gateway: HTTP API payload 2.0 with base64 bodies.
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { expect, test } from 'vitest';
import { INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { startStores } from '../store/stores.ts';
import { ana, createPages, put, waiting } from './approval-pages.ts';

const db = startStores();

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
const event = (
  method: string,
  path: string,
  form?: Record<string, string>,
  cookies: string[] = [],
) =>
  ({
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    cookies,
    headers: {
      host: 'countermand.example',
      ...(form && { 'content-type': 'application/x-www-form-urlencoded', origin: 'null' }),
    },
    requestContext: {
      accountId: '111122223333',
      apiId: 'api',
      domainName: 'countermand.example',
      domainPrefix: 'countermand',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '198.51.100.1', userAgent: 'phone' },
      requestId: 'r-1',
      routeKey: '$default',
      stage: '$default',
      time: '24/Nov/2026:03:01:00 +0000',
      timeEpoch: 0,
    },
    ...(form && { body: Buffer.from(new URLSearchParams(form).toString()).toString('base64') }),
    isBase64Encoded: form !== undefined,
  }) satisfies APIGatewayProxyEventV2;

test('shows the page and accepts an approval through API Gateway', async () => {
  const store = await db.fresh();
  const action = await put(store, waiting());
  const { app, did, pathOf } = createPages(store);
  const handler = handle(app);
  const call = async (given: APIGatewayProxyEventV2) =>
    (await handler(given as unknown as LambdaEvent)) as APIGatewayProxyStructuredResultV2;
  const path = await pathOf(action);
  const page = await call(event('GET', path));
  expect(page.statusCode).toBe(200);
  expect(page.headers?.['content-security-policy']).toContain("default-src 'none'");
  expect(page.body).toContain(`action="${path}"`);
  const [, nonce = ''] = /name="nonce" value="([^"]*)"/.exec(page.body ?? '') ?? [];
  const answer = await call(
    event('POST', path, { verdict: 'approve', reason: '', digest: action.digest, nonce }),
  );
  expect(answer.statusCode).toBe(200);
  expect((await store.records.action(INCIDENT_ID, action.actionId)).status).toBe('approved');
  expect(did).toEqual(['callback token-1 approved']);
});

test('reads and sets session cookies in the lists that API Gateway uses', async () => {
  const store = await db.fresh();
  const action = await put(store, waiting());
  const signIn = {
    issuer: 'https://x.example',
    clientId: 'c',
    clientSecret: 's',
    claim: 'email',
    acrValues: [],
  };
  const provider = {
    begin: async () => new URL('https://x.example/authorize'),
    finish: async () => ({ email: ana.email, email_verified: true }),
  };
  const { app, pathOf } = createPages(store, { policy: { ...POLICY, signIn }, provider });
  const handler = handle(app);
  const call = async (path: string, cookies: string[]) =>
    (await handler(
      event('GET', path, undefined, cookies) as unknown as LambdaEvent,
    )) as APIGatewayProxyStructuredResultV2;
  const path = await pathOf(action);
  const kept = (answer: APIGatewayProxyStructuredResultV2) =>
    (answer.cookies ?? []).map((cookie) => cookie.split(';')[0]!);
  const away = await call(`/sign-in${path}`, []);
  expect(away.headers?.location).toBe('https://x.example/authorize');
  const back = await call('/signed-in', kept(away));
  const session = kept(back).filter((cookie) => cookie.includes('session'));
  expect(back.headers?.location).toBe(path);
  expect((await call(path, [])).body).not.toContain('value="approve"');
  expect((await call(path, ['other=1', ...session])).body).toContain('value="approve"');
});
