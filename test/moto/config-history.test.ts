// The look-up in AWS Config on moto's records, with the permissions of enrich.
import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IAM } from '@aws-sdk/client-iam';
import { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Entity } from '../../functions/domain/alert.ts';
import { ENV } from '../../functions/domain/env.ts';
import { configChangesOf } from '../../functions/enrich/config-changes.ts';
import { enrichDeps } from '../../functions/enrich/deps.ts';
import { environment } from '../../tools/bench/environment.ts';
import { alertWith, HERE, INCIDENT_ID, POLICY, theFunction } from '../fixtures/case.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { type Moto, startMoto } from './moto-server.ts';
import { type Answer, startRecorder } from './recorder.ts';

let moto: Moto;
let recorder: Awaited<ReturnType<typeof startRecorder>>;
let folder: string;
/** As `enrich` builds it in an account whose policy allows the look-up, or doesn't. */
let awsConfigIf: (configHistory: boolean) => ReturnType<typeof enrichDeps>['awsConfig'];
let iam: IAM;
let s3: S3;
let called: string[] = [];
/** Moto has the latest record alone. The test keeps the earlier ones, the latest first. */
let records: object[] = [];

/** The record that moto has now, with its time as AWS writes it: in seconds. Undefined if moto refuses. */
async function recordNow(body: object, minutesAgo: number): Promise<object | undefined> {
  const { configurationItems = [] } = await fetch(moto.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'StarlingDoveService.GetResourceConfigHistory',
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20261124/us-east-1/config/aws4_request',
    },
    body: JSON.stringify(body),
  }).then((response) => response.json() as Promise<{ configurationItems?: object[] }>);
  const [item] = configurationItems;
  return (
    item && {
      ...item,
      configurationItemStatus: 'OK',
      configurationItemCaptureTime: Date.now() / 1000 - minutesAgo * 60,
      resourceCreationTime: 0,
    }
  );
}

const answer: Answer = async (action, { body }) => {
  if (action !== 'config:GetResourceConfigHistory') return undefined;
  const now = await recordNow(body, 1);
  return now && { configurationItems: [now, ...records] };
};

beforeAll(async () => {
  moto = await startMoto();
  recorder = await startRecorder(
    Number(new URL(moto.endpoint).port),
    ({ action }) => called.push(action),
    answer,
  );
  folder = await mkdtemp(join(tmpdir(), 'countermand-config-'));
  const env = environment(folder);
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: `http://127.0.0.1:${recorder.port}`,
    AWS_REGION: moto.clientConfig.region,
    ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  }))
    vi.stubEnv(name, value);
  awsConfigIf = (configHistory) => {
    const policyPath = env[ENV.policyPath] ?? '';
    writeFileSync(policyPath, JSON.stringify({ ...POLICY, configHistory }));
    return enrichDeps(env).awsConfig;
  };
  iam = new IAM(moto.clientConfig);
  s3 = new S3({ ...moto.clientConfig, forcePathStyle: true });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const client of [iam, s3]) client?.destroy();
  rmSync(folder, { recursive: true });
  await recorder?.stop();
  await moto?.stop();
});
beforeEach(() => {
  called = [];
  records = [];
});

async function changesOf(kind: Entity['kind'], value: string, isAllowed = true) {
  const entity = { ...theFunction, kind, value };
  const deps = {
    ...{ store: storeOn(memoryTable()), here: HERE, now: () => new Date(), log: () => {} },
    ...{ awsConfig: awsConfigIf(isAllowed), readDeadline: () => AbortSignal.timeout(8_000) },
  };
  const look = configChangesOf(deps, alertWith({ entities: [entity] }), INCIDENT_ID);
  return look(entity, Promise.resolve([]));
}

/** Keeps the present record as one of some hours ago. */
async function recorded(resourceType: string, resourceId: string): Promise<void> {
  const earlier = await recordNow({ resourceType, resourceId }, 5 * 60);
  if (!earlier) throw new Error(`moto has no record of ${resourceId}`);
  records.unshift(earlier);
}

test('says what changed about a role, whose ID it finds by its name', async () => {
  const RoleName = 'deploy';
  const document = (statement: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
  const trust = (Service: string) => document({ Action: 'sts:AssumeRole', Principal: { Service } });
  const { Role } = await iam.createRole({
    RoleName,
    AssumeRolePolicyDocument: trust('ec2.amazonaws.com'),
  });
  await recorded('AWS::IAM::Role', Role?.RoleId ?? '');
  await iam.putRolePolicy({
    RoleName,
    PolicyName: 'zebra',
    PolicyDocument: document({ Action: 's3:*', Resource: '*' }),
  });
  await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust('lambda.amazonaws.com') });
  expect(await changesOf('iam-role', RoleName)).toMatchObject({
    known: true,
    value: {
      isComplete: true,
      changes: [
        { status: 'changed', parts: expect.arrayContaining(['trust policy', 'inline policies']) },
        { status: 'changed', parts: null },
      ],
    },
  });
});

test('says what changed about a bucket', async () => {
  const Bucket = 'shop-invoices';
  await s3.createBucket({ Bucket });
  const block = (on: boolean) => ({
    Bucket,
    PublicAccessBlockConfiguration: {
      ...{ BlockPublicAcls: true, IgnorePublicAcls: true },
      ...{ BlockPublicPolicy: on, RestrictPublicBuckets: on },
    },
  });
  await s3.putPublicAccessBlock(block(true));
  await recorded('AWS::S3::Bucket', Bucket);
  await s3.putPublicAccessBlock(block(false));
  const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: '*' }];
  await s3.putBucketPolicy({ Bucket, Policy: JSON.stringify({ Statement }) });
  expect(await changesOf('bucket', Bucket)).toMatchObject({
    known: true,
    value: {
      changes: [
        {
          parts: expect.arrayContaining(['bucket policy', 'public access block']),
          effects: expect.arrayContaining([
            'bucket policy added',
            'public access block incomplete',
          ]),
        },
        { parts: null },
      ],
    },
  });
});

test('is unknown for what AWS Config has not discovered', async () => {
  const why = 'AWS Config does not record this resource here';
  expect(await changesOf('bucket', 'no-such-bucket')).toEqual({ known: false, why });
  expect(await changesOf('iam-user', 'no-such-user')).toEqual({
    known: false,
    why: 'AWS Config lists no user or role of this name in eu-central-1; it may record IAM in another region',
  });
});

test('calls what the role of enrich may in AWS Config and nothing else, and nothing unless policy allows it', async () => {
  expect(await changesOf('iam-role', 'deploy', false)).toBeNull();
  expect(called).toEqual([]);
  await changesOf('iam-role', 'deploy');
  // Generated from the synthesised template, which another test checks.
  const page = await readFile(new URL('../../docs/permissions.md', import.meta.url), 'utf8');
  const [row = ''] = /^## config\n\n- [^.]*/m.exec(page) ?? [];
  expect(row).toContain(' by `enrich`, on `*`');
  expect([...page.matchAll(/config:\w+/g)].map(String)).toEqual([...called].sort());
});
