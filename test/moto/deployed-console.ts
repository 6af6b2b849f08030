// The console as deployed: routes, roles and variables of the template on moto.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SNS } from '@aws-sdk/client-sns';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { expect, vi } from 'vitest';
import { ENV } from '../../functions/domain/env.ts';
import { createKmsMac } from '../../functions/links/kms-mac.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import type { SignIn } from '../../functions/policy/schemas/account.ts';
import { createStore } from '../../functions/store/store.ts';
import { createTable } from '../../functions/store/table.ts';
import {
  covers,
  functionsOf,
  resourcesOf,
  templateWith,
  text,
} from '../../tools/generate/template.ts';
import { POLICY } from '../fixtures/case.ts';
import { CLIENT } from '../fixtures/provider.ts';
import { createHmacKey } from './hmac-key.ts';
import { startMoto } from './moto-server.ts';
import { type Call, startRecorder } from './recorder.ts';
import { createTableInput } from './table-input.ts';

export const HOST = 'countermand.example';
/** The functions behind the console's routes, and the one that writes its list. */
const HANDLERS = {
  web: () => import('../../functions/web/handler.ts'),
  console: () => import('../../functions/web/console/handler.ts'),
  api: () => import('../../functions/web/api/handler.ts'),
  halt: () => import('../../functions/halt/handler.ts'),
  resume: () => import('../../functions/resume/handler.ts'),
  summarise: () => import('../../functions/summarise/handler.ts'),
};
type Name = keyof typeof HANDLERS;
type Handler = (event: unknown) => Promise<APIGatewayProxyStructuredResultV2>;
type Called = Call & { by: Name };
export type DeployedConsole = Awaited<ReturnType<typeof deployConsole>>;

/**
 * Deploys for people who sign in with this provider; `more` are added to those of the policy. Handlers see the
 * variables of their own function only.
 */
export async function deployConsole(issuer: string, more: Policy['escalation']['people'] = {}) {
  const signIn: SignIn = {
    ...{ issuer, clientId: CLIENT.id, clientSecret: 'countermand/oidc', claim: 'email' },
    acrValues: [],
  };
  const template = templateWith({ policy: { signIn } });
  const functions = functionsOf(template);
  const moto = await startMoto();
  const folder = mkdtempSync(join(tmpdir(), 'countermand-console-'));
  const policyPath = join(folder, 'policy.json');
  const people = { ...POLICY.escalation.people, ...more };
  const escalation = { ...POLICY.escalation, people };
  writeFileSync(policyPath, JSON.stringify({ ...POLICY, signIn, escalation }));

  const database = new DynamoDB(moto.clientConfig);
  const kms = new KMS(moto.clientConfig);
  const secrets = new SecretsManager(moto.clientConfig);
  const sns = new SNS(moto.clientConfig);
  await database.createTable(createTableInput('table'));
  await secrets.createSecret({ Name: signIn.clientSecret, SecretString: CLIENT.secret });
  const topic = (await sns.createTopic({ Name: 'team' })).TopicArn ?? '';
  /** What a key ARN on moto is in the template. */
  const inTemplate = new Map<string, string>();
  const made = new Map<string, string>();
  for (const { properties } of functions.values())
    for (const [name, value] of Object.entries(properties.Environment.Variables)) {
      if (!/_KEY_ARN$/.test(name) || made.has(name)) continue;
      made.set(name, await createHmacKey(kms));
      inTemplate.set(made.get(name) ?? '', text(value));
    }
  const values: Record<string, string> = {
    ...Object.fromEntries(made),
    [ENV.tableName]: 'table',
    [ENV.policyPath]: policyPath,
    [ENV.webBaseUrl]: `https://${HOST}`,
    [ENV.teamTopicArn]: topic,
    [ENV.mailFrom]: 'countermand@example.com',
  };

  let current: Name = 'web';
  let calls: Called[] = [];
  const recorder = await startRecorder(Number(new URL(moto.endpoint).port), (call) =>
    calls.push({ by: current, ...call }),
  );
  const handlers = new Map<string, Handler>();
  for (const [name, load] of Object.entries(HANDLERS)) {
    const given = functions.get(name)?.properties.Environment.Variables ?? {};
    for (const variable of Object.values(ENV))
      vi.stubEnv(variable, variable in given ? (values[variable] ?? `the-${variable}`) : undefined);
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${recorder.port}`);
    vi.stubEnv('AWS_REGION', moto.clientConfig.region);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    handlers.set(name, ((await load()) as unknown as { handler: Handler }).handler);
  }

  const invoke = (name: Name, event: unknown) => {
    current = name;
    return handlers.get(name)!(event);
  };

  const isAllowed = ({ by, action, pk, keyArn }: Called): boolean =>
    functions
      .get(by)!
      .permissions.some(
        ({ effect, actions, condition, resources }) =>
          effect === 'Allow' &&
          actions.some((granted) => covers(granted, action)) &&
          (pk === null || leadingKeys(condition).some((pattern) => covers(pattern, pk))) &&
          (keyArn === null || resources.includes(inTemplate.get(keyArn) ?? '')),
      );

  return {
    store: createStore(
      createTable(database, 'table'),
      () => {},
      createKmsMac(kms, values[ENV.resumeKeyArn] ?? ''),
    ),
    routes: routesIn(template),
    invoke,
    /** Deletes every record and forgets all calls. */
    async empty() {
      await database.deleteTable({ TableName: 'table' });
      await database.createTable(createTableInput('table'));
      calls = [];
    },
    calls: (by: Name) => new Set(calls.filter((one) => one.by === by).map(({ action }) => action)),
    /** The calls that the role of their function would have refused. */
    refused: () => calls.filter((call) => !isAllowed(call)),
    async stop() {
      vi.unstubAllEnvs();
      for (const client of [database, kms, secrets, sns]) client.destroy();
      await recorder.stop();
      rmSync(folder, { recursive: true });
      await moto.stop();
    },
  };
}

const leadingKeys = (condition: unknown): string[] => {
  const { 'ForAllValues:StringLike': keys } = (condition ?? {}) as Record<string, object>;
  return Object.values(keys ?? {}).flat();
};

/** Which function answers a request, chosen as API Gateway does: a greedy variable comes last. */
function routesIn(template: ReturnType<typeof templateWith>) {
  const integrations = resourcesOf(template, 'AWS::ApiGatewayV2::Integration');
  const functions = [...functionsOf(template).values()];
  const routes = Object.values(resourcesOf(template, 'AWS::ApiGatewayV2::Route')).map(
    ({ Properties: { RouteKey, Target } }) => {
      const integration = Object.keys(integrations).find((id) => text(Target).includes(`{${id}}`));
      const uri = text(integrations[integration ?? '']?.Properties.IntegrationUri ?? '');
      const { name } = functions.find(({ id }) => uri.includes(`{${id}.Arn}`))!;
      const [method = '', path = ''] = String(RouteKey).split(' ');
      const pattern = path.replace('/{proxy+}', '/.+').replace(/\{\w+\}/g, '[^/]+');
      return { key: String(RouteKey), name: name as Name, method, pattern: RegExp(`^${pattern}$`) };
    },
  );
  routes.sort((a, b) => a.key.split('{').length - b.key.split('{').length);
  return (method: string, path: string) => {
    const found = routes.find((one) => one.method === method && one.pattern.test(path));
    expect(found, `${method} ${path}`).toBeDefined();
    return found!;
  };
}

/** A browser at the deployed console, with cookies. */
export function browserAt({ routes, invoke }: DeployedConsole) {
  const cookies = new Map<string, string>();
  /** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
  async function ask(
    method: 'GET' | 'POST',
    to: string,
    form?: Readonly<Record<string, string>> | URLSearchParams,
    headers: Readonly<Record<string, string>> = { 'sec-fetch-site': 'same-origin' },
  ) {
    const { pathname, search } = new URL(to, `https://${HOST}`);
    const { key, name } = routes(method, pathname);
    const answer = await invoke(name, {
      version: '2.0',
      routeKey: key,
      rawPath: pathname,
      rawQueryString: search.slice(1),
      cookies: [...cookies].map(([cookie, value]) => `${cookie}=${value}`),
      headers: {
        host: HOST,
        ...headers,
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      requestContext: {
        accountId: POLICY.account,
        domainName: HOST,
        http: { method, path: pathname, protocol: 'HTTP/1.1', sourceIp: '198.51.100.1' },
        requestId: 'r-1',
        routeKey: key,
        stage: '$default',
      },
      ...(form && { body: Buffer.from(`${new URLSearchParams(form)}`).toString('base64') }),
      isBase64Encoded: form !== undefined,
    });
    for (const set of answer.cookies ?? []) {
      const [, cookie = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/Max-Age=0/i.test(set)) cookies.delete(cookie);
      else cookies.set(cookie, value);
    }
    return {
      status: answer.statusCode,
      to: String(answer.headers?.location ?? ''),
      headers: answer.headers ?? {},
      body: answer.body ?? '',
    };
  }
  return {
    cookies,
    get: (path: string, headers?: Record<string, string>) => ask('GET', path, undefined, headers),
    post: (
      path: string,
      form: Record<string, string> | URLSearchParams,
      headers?: Record<string, string>,
    ) => ask('POST', path, form, headers),
    /** Follows the redirects through the provider and returns the last one. */
    async signIn(query = '') {
      const away = await ask('GET', `/sign-in/console${query}`);
      const back = await fetch(away.to, { redirect: 'manual' });
      return ask('GET', back.headers.get('location') ?? '');
    },
  };
}
