// Drills of a deployed stack, with moto as the account.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import { SESv2 } from '@aws-sdk/client-sesv2';
import { SNS } from '@aws-sdk/client-sns';
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connectDeployed } from '../../cli/drill/deployed.ts';
import { writeResults } from '../../cli/drill/results-file.ts';
import { cleanUp, drillAll, type Run } from '../../cli/drill/run.ts';
import { Refused } from '../../cli/refused.ts';
import { ENV } from '../../functions/domain/env.ts';
import type { Connected } from '../../functions/mechanisms/mechanism.ts';
import { MECHANISMS, SCOPES } from '../../functions/mechanisms/registry.ts';
import type { CreateCanaries } from '../../functions/mechanisms/stand-in.ts';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import type { Canary } from '../../functions/policy/schemas/drill.ts';
import type { Store } from '../../functions/store/store.ts';
import { STAND_INS } from '../../local/stand-ins.ts';
import { DRILLED, NOW } from '../fixtures/case.ts';
import { type Moto, startMoto } from './moto-server.ts';
import { createTableInput } from './table-input.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

/** The account ID of moto. */
const ACCOUNT = '123456789012';
const PREFIX = 'countermand-';
const FOLDERS = join(import.meta.dirname, '../../functions/mechanisms');
const arn = (rest: string) => `arn:aws:${rest}`;
/** An empty zip: the code of the function does not matter here. */
const EMPTY_ZIP = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]);

let moto: Moto;
let folder: string;
let waf: WAFV2;
let iam: IAM;
let database: DynamoDB;
let policy: Policy;
let mechanisms: Map<string, Connected>;
let store: Store;
const clients: { destroy(): void }[] = [];
const made = <T extends { destroy(): void }>(client: T): T => {
  clients.push(client);
  return client;
};

beforeAll(async () => {
  moto = await startMoto();
  folder = mkdtempSync(join(tmpdir(), 'countermand-drilled-'));
  waf = made(new WAFV2(moto.clientConfig));
  iam = made(new IAM(moto.clientConfig));
  database = made(new DynamoDB(moto.clientConfig));
  await database.createTable(createTableInput('table'));
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_REGION: moto.clientConfig.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  }))
    vi.stubEnv(name, value);
  await deploy(await resources());
  const staging = loadPolicy(POLICIES, 'staging');
  policy = {
    ...staging,
    account: ACCOUNT,
    canaries: [...loadPolicy(POLICIES, 'example').canaries, ...(await canaries())],
  };
  ({ mechanisms, store } = await connectDeployed(policy, PREFIX, process.env));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const client of clients) client.destroy();
  rmSync(folder, { recursive: true });
  await moto?.stop();
});

/** The environment that describes the stack's resources to its executors. */
async function resources(): Promise<Record<string, string>> {
  const sets: object[] = [];
  for (const purpose of ['watch', 'block'])
    for (const family of ['ipv4', 'ipv6']) {
      const name = `${PREFIX}${purpose}-${family}`;
      const { Summary } = await waf.createIPSet({
        Name: name,
        Scope: 'REGIONAL',
        IPAddressVersion: family === 'ipv4' ? 'IPV4' : 'IPV6',
        Addresses: [],
      });
      sets.push({ purpose, scope: 'REGIONAL', family, id: Summary?.Id, name });
    }
  const { Policy: denyAll } = await iam.createPolicy({
    PolicyName: `${PREFIX}deny-all`,
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
    }),
  });
  await made(new SESv2(moto.clientConfig)).createEmailIdentity({
    EmailIdentity: 'countermand@example.com',
  });
  const pageKey = await made(new KMS(moto.clientConfig)).createKey({
    KeySpec: 'HMAC_256',
    KeyUsage: 'GENERATE_VERIFY_MAC',
  });
  const team = await made(new SNS(moto.clientConfig)).createTopic({ Name: `${PREFIX}team` });
  return {
    [ENV.tableName]: 'table',
    [ENV.ipSets]: JSON.stringify(sets),
    [ENV.flowLogs]: JSON.stringify({
      logGroupName: `${PREFIX}flow-logs`,
      deliveryRoleArn: arn(`iam::${ACCOUNT}:role/${PREFIX}flow-logs`),
    }),
    [ENV.denyAllPolicyArn]: denyAll?.Arn ?? '',
    [ENV.mailFrom]: 'countermand@example.com',
    [ENV.mailConfigurationSet]: `${PREFIX}mail`,
    [ENV.pageKeyArn]: pageKey.KeyMetadata?.Arn ?? '',
    [ENV.teamTopicArn]: team.TopicArn ?? '',
    [ENV.scheduleGroup]: `${PREFIX}reversals`,
    [ENV.scheduleRoleArn]: arn(`iam::${ACCOUNT}:role/${PREFIX}schedules`),
    [ENV.reverseArn]: arn(`states:us-east-1:${ACCOUNT}:stateMachine:${PREFIX}reverse`),
    [ENV.remindFunctionArn]: arn(`lambda:us-east-1:${ACCOUNT}:function:${PREFIX}remind`),
    [ENV.scheduleDeadLetterArn]: arn(`sqs:us-east-1:${ACCOUNT}:${PREFIX}failed`),
    NODE_OPTIONS: '--no-such-option',
  };
}

async function deploy(Variables: Record<string, string>): Promise<void> {
  const lambda = made(new Lambda(moto.clientConfig));
  const { Role } = await iam.createRole({ RoleName: 'any', AssumeRolePolicyDocument: '{}' });
  const function_ = (FunctionName: string) =>
    lambda.createFunction({
      FunctionName,
      Runtime: 'nodejs24.x' as 'nodejs22.x',
      Role: Role?.Arn,
      Handler: 'index.execute',
      Code: { ZipFile: EMPTY_ZIP },
      Environment: { Variables },
    });
  for (const scope of SCOPES) await function_(`${PREFIX}execute-${scope}`);
}

/** Those that each folder creates in its canary-in-aws.ts. */
async function canaries(): Promise<Canary[]> {
  const files = globSync('*/canary-in-aws.ts', { cwd: FOLDERS }).sort();
  const created: Canary[] = [];
  for (const file of files) {
    const { createCanaries }: { createCanaries: CreateCanaries } = await import(
      join(FOLDERS, file)
    );
    created.push(...(await createCanaries((Client) => made(new Client(moto.clientConfig)))));
  }
  return created;
}

const run = (change: Partial<Run> = {}): Run => ({
  policy,
  mechanisms,
  drills: store.drills,
  account: ACCOUNT,
  region: moto.clientConfig.region,
  by: 'person:ana.silva',
  now: () => NOW,
  newId: () => `drill-${Math.random()}`,
  signal: new AbortController().signal,
  retryMs: 0,
  report: { begins: () => {}, step: () => {}, ends: () => {} },
  ...change,
});

/** Scopes that moto can't drill, as their canary.ts says: see docs/decisions/0002-moto.md. */
const LACKING = SCOPES.filter((scope) => STAND_INS[scope].canary.motoLacks !== undefined);

test('every mechanism whose APIs moto has passes its drill, and the table contains the results', async () => {
  const results = await drillAll(run());
  const failed = results.filter(({ outcome }) => outcome !== 'passed');
  const scopes = failed.map(
    ({ mechanism }) => MECHANISMS.find(({ id }) => id === mechanism)?.scope,
  );
  expect(
    new Set(scopes),
    `add canary-in-aws.ts or motoLacks to a folder: ${JSON.stringify(failed, null, 2)}`,
  ).toEqual(new Set(LACKING));
  const recorded = await store.drills.all();
  expect(recorded.get('waf.block-address')).toMatchObject({ outcome: 'passed', account: ACCOUNT });
  expect(recorded.get('function-log.debug-level')).toMatchObject({ outcome: 'failed' });
  const { IPSets = [] } = await waf.listIPSets({ Scope: 'REGIONAL' });
  for (const { Id, Name } of IPSets) {
    const { IPSet } = await waf.getIPSet({ Id, Name, Scope: 'REGIONAL' });
    expect(IPSet?.Addresses).toEqual([]);
  }
  expect(await store.drills.unfinished()).toEqual([]);
});

test('a new drill finds the change of a killed drill in the table and undoes it', async () => {
  const real = mechanisms.get('user.deny-all')!;
  let reached = () => {};
  const killed = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const dying: Connected = {
    ...real,
    driver: {
      ...real.driver,
      verify: () => {
        reached();
        return new Promise(() => {});
      },
    },
  };
  void drillAll(
    run({ mechanisms: new Map([[real.info.id, dying]]), only: ({ id }) => id === real.info.id }),
  );
  await killed;
  const attached = async () =>
    (await iam.listAttachedUserPolicies({ UserName: 'canary-user' })).AttachedPolicies;
  expect(await attached()).toHaveLength(1);
  expect(await cleanUp(run(), () => {})).toEqual([]);
  expect(await attached()).toEqual([]);
});

test('refuses a stack in another account than the policy', async () => {
  const other = { ...policy, account: '999999999999' };
  await expect(connectDeployed(other, PREFIX, {})).rejects.toThrow(Refused);
  await expect(connectDeployed(other, PREFIX, {})).rejects.toThrow('choose another profile');
});

test('names the function of a stack that does not exist', async () => {
  await expect(connectDeployed(policy, 'no-such-stack-', {})).rejects.toThrow(
    "cannot read the stack's function no-such-stack-execute-waf",
  );
});

test('production adopts the results of staging with the command, without drills of its own', async () => {
  const file = join(folder, 'results.json');
  const shown = [...DRILLED.values()].map((one) => ({ ...one, account: '210987654321' }));
  writeResults(file, { account: '210987654321', stage: 'staging', drills: shown });
  const script = join(import.meta.dirname, '../../cli/main.ts');
  // A Node outside of node_modules, as an operator has it: the command refuses the packaged one.
  const node = join(folder, 'node');
  copyFileSync(process.execPath, node);
  const args = ['drill', '--account', 'example', '--region', 'us-east-1', '--results', file];
  const child = spawn(node, [script, ...args], { cwd: folder, env: process.env });
  const [said, complained] = [text(child.stdout), text(child.stderr)];
  const [code] = await once(child, 'exit');
  expect({ code, complained: await complained }).toEqual({
    code: 0,
    complained: 'Loading the mechanisms ...\n',
  });
  expect(await said).toContain(`${shown.length} results recorded for ${ACCOUNT}`);
  expect((await store.drills.all()).get('function-log.debug-level')).toMatchObject({
    outcome: 'passed',
    account: '210987654321',
  });
});
