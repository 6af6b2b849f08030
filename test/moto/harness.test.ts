// The harness, and the errors of moto that our promises depend on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  CreateTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateKeyCommand,
  GenerateMacCommand,
  KMSClient,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateOpsItemCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  CreateIPSetCommand,
  GetIPSetCommand,
  UpdateIPSetCommand,
  WAFV2Client,
} from '@aws-sdk/client-wafv2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Moto, startMotoWithLambdas } from './moto-server.ts';

class Unfit extends Error {
  override readonly name = 'Unfit';
}

let moto: Moto;
beforeAll(async () => {
  moto = await startMotoWithLambdas({
    echo: async (payload) => ({ heard: payload }),
    unfit: async () => {
      throw new Unfit('not today');
    },
  });
}, 60_000);
afterAll(() => moto?.stop());

const text = (bytes: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(bytes));

test('rejects an update of an IP set with a stale lock token', async () => {
  const waf = new WAFV2Client(moto.clientConfig);
  const { Summary: made } = await waf.send(
    new CreateIPSetCommand({
      Name: 'blocked',
      Scope: 'REGIONAL',
      IPAddressVersion: 'IPV4',
      Addresses: [],
    }),
  );
  const list = { Name: 'blocked', Scope: 'REGIONAL', Id: made?.Id } as const;
  const replaceBy = (address: string) =>
    waf.send(new UpdateIPSetCommand({ ...list, LockToken: made?.LockToken, Addresses: [address] }));
  await replaceBy('203.0.113.1/32');
  await expect(replaceBy('203.0.113.2/32')).rejects.toThrow(
    expect.objectContaining({ name: 'WAFOptimisticLockException' }),
  );
  const { IPSet: kept } = await waf.send(new GetIPSetCommand(list));
  expect(kept?.Addresses).toEqual(['203.0.113.1/32']);
});

const createCounters = new CreateTableCommand({
  TableName: 'counters',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
});

test('rejects a failed conditional write with the existing item, and forgets all on reset', async () => {
  const db = new DynamoDBClient(moto.clientConfig);
  await db.send(createCounters);
  const put = (owner: string) =>
    db.send(
      new PutItemCommand({
        TableName: 'counters',
        Item: { id: { S: 'one' }, owner: { S: owner } },
        ConditionExpression: 'attribute_not_exists(id)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
  await put('first');
  await expect(put('second')).rejects.toThrow(
    expect.objectContaining({
      name: 'ConditionalCheckFailedException',
      Item: { id: { S: 'one' }, owner: { S: 'first' } },
    }),
  );
  await moto.reset();
  expect((await db.send(new ListTablesCommand({}))).TableNames).toEqual([]);
});

test('verifies a MAC, and rejects it for another message', async () => {
  const kms = new KMSClient(moto.clientConfig);
  const { KeyMetadata: key } = await kms.send(
    new CreateKeyCommand({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }),
  );
  const by = { KeyId: key?.KeyId, MacAlgorithm: 'HMAC_SHA_256' } as const;
  const Message = new TextEncoder().encode('approve action-1');
  const { Mac } = await kms.send(new GenerateMacCommand({ ...by, Message }));
  expect((await kms.send(new VerifyMacCommand({ ...by, Message, Mac }))).MacValid).toBe(true);
  const forged = new TextEncoder().encode('approve action-2');
  await expect(
    kms.send(new VerifyMacCommand({ ...by, Message: forged, Mac })),
  ).rejects.toMatchObject({ name: 'KMSInvalidMacException' });
});

test('answers an invocation like Lambda: result, function error, and unknown function', async () => {
  const lambda = new LambdaClient(moto.clientConfig);
  const invoke = (FunctionName: string) =>
    lambda.send(new InvokeCommand({ FunctionName, Payload: '{"n":1}' }));
  const fine = await invoke('arn:aws:lambda:us-east-1:123456789012:function:echo:live');
  expect(fine.FunctionError).toBeUndefined();
  expect(text(fine.Payload)).toEqual({ heard: { n: 1 } });
  const failed = await invoke('unfit');
  expect(failed).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
  expect(text(failed.Payload)).toEqual({
    errorType: 'Unfit',
    errorMessage: 'not today',
    trace: [],
  });
  await expect(invoke('no-such-function')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Function not found: no-such-function',
  });
});

// When this fails, moto supports OpsItems, and the ticket mechanism should run against it too.
test('moto does not support OpsItems', async () => {
  const ssm = new SSMClient({ ...moto.clientConfig, maxAttempts: 1 });
  const create = new CreateOpsItemCommand({ Title: 't', Description: 'd', Source: 's' });
  await expect(ssm.send(create)).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
});

test('the server stops with its test process, even when the process is killed', async () => {
  const script = `
    import { startMoto } from ${JSON.stringify(join(import.meta.dirname, 'moto-server.ts'))};
    console.log((await startMoto()).endpoint);
    setInterval(() => {}, 1_000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [endpoint] = await once(createInterface(owner.stdout), 'line');
  const answers = () => fetch(`${endpoint}/moto-api/config`).then(Boolean, () => false);
  expect(await answers()).toBe(true);
  owner.kill('SIGKILL');
  await expect.poll(answers, { timeout: 5_000, interval: 50 }).toBe(false);
}, 30_000);

test('does not answer after stop', async () => {
  const other = await startMotoWithLambdas({});
  await other.stop();
  await expect(fetch(`${other.endpoint}/moto-api/config`)).rejects.toThrow('fetch failed');
}, 30_000);
