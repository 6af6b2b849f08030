// The Lambda entry with a batch of records: failed and rejected ones.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { PROOF_KEY_ENV } from '../../functions/authority/keys.ts';
import { ENV } from '../../functions/domain/env.ts';
import { POLICY } from '../fixtures/case.ts';
import { type Moto, startMoto } from '../moto/moto-server.ts';
import { createTableInput } from '../moto/table-input.ts';
import { sample } from './events.ts';

const folder = mkdtempSync(join(tmpdir(), 'countermand-intake-'));
const sqs = mockClient(SQSClient);
const sfn = mockClient(SFNClient);
let moto: Moto;
let deliver: (bodies: Record<string, string>) => Promise<SQSBatchResponse>;

beforeAll(async () => {
  // The functions' log lines.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  moto = await startMoto();
  await new DynamoDB(moto.clientConfig).createTable(createTableInput('countermand'));
  const policyPath = join(folder, 'policy.json');
  writeFileSync(policyPath, JSON.stringify(POLICY));
  for (const [name, value] of Object.entries({
    AWS_REGION: moto.clientConfig.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: moto.endpoint,
    [ENV.tableName]: 'countermand',
    [ENV.policyPath]: policyPath,
    [ENV.respondArn]: 'arn:aws:states:eu-central-1:111122223333:stateMachine:respond',
    [ENV.ownPrefix]: 'countermand-',
    [ENV.recordLayout]: '2',
    ...Object.fromEntries(PROOF_KEY_ENV.map((name) => [ENV[name], 'key'])),
    [ENV.rejectedQueueUrl]: 'https://sqs.eu-central-1.amazonaws.com/111122223333/rejected',
  }))
    vi.stubEnv(name, value);
  mockClient(KMSClient)
    .on(GenerateMacCommand)
    .resolves({ Mac: new Uint8Array(32) });
  const { handler } = await import('../../functions/intake/handler.ts');
  deliver = (bodies) =>
    handler({
      Records: Object.entries(bodies).map(([messageId, body]) => ({
        messageId,
        body,
        receiptHandle: messageId,
        attributes: {},
        messageAttributes: {},
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:eu-central-1:111122223333:intake',
        awsRegion: 'eu-central-1',
      })),
    } as unknown as SQSEvent);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await moto.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  sqs.reset();
  sfn.reset();
  sqs.on(SendMessageCommand).resolves({});
  sfn.on(StartExecutionCommand).resolves({});
});

const finding = (id: string) => {
  const event = sample('web-port-probe');
  event.detail.id = id;
  return JSON.stringify(event);
};

test('returns only the failed record for redelivery, and starts it again under the same name', async () => {
  let calls = 0;
  sfn.on(StartExecutionCommand).callsFake(() => {
    if (calls++ === 0) throw new Error('no answer');
    return {};
  });
  const { batchItemFailures } = await deliver({ one: finding('a'), two: finding('b') });
  expect(batchItemFailures).toHaveLength(1);
  const [failed] = batchItemFailures;
  const again = failed?.itemIdentifier === 'one' ? finding('a') : finding('b');
  expect(await deliver({ again })).toEqual({ batchItemFailures: [] });
  const started = sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input);
  // The failed record was started twice, under the same name.
  expect(started).toHaveLength(3);
  expect(new Set(started.map(({ name }) => name)).size).toBe(2);
  for (const { name, input } of started)
    expect(JSON.parse(input ?? '')).toMatchObject({ alertId: name });
});

test('accepts a finding whose execution was started by an earlier delivery', async () => {
  const exists = Object.assign(new Error('exists'), { name: 'ExecutionAlreadyExists' });
  sfn.on(StartExecutionCommand).rejects(exists);
  expect(await deliver({ one: finding('c') })).toEqual({ batchItemFailures: [] });
});

test('sends an unreadable record unchanged to the rejected queue with the reason, and does not retry it', async () => {
  expect(await deliver({ bad: '{"detail-type": "GuardDuty Fin', good: finding('d') })).toEqual({
    batchItemFailures: [],
  });
  const [rejected, ...more] = sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);
  expect(more).toEqual([]);
  expect(rejected).toMatchObject({
    QueueUrl: expect.stringContaining('/rejected'),
    MessageBody: '{"detail-type": "GuardDuty Fin',
    MessageAttributes: {
      reason: { DataType: 'String', StringValue: expect.stringMatching(/^\$: expected JSON/) },
    },
  });
});

test('returns an unreadable record for redelivery when the rejected queue does not answer', async () => {
  sqs.on(SendMessageCommand).rejects(new Error('no answer'));
  const { batchItemFailures } = await deliver({ bad: 'not JSON', good: finding('e') });
  expect(batchItemFailures).toEqual([{ itemIdentifier: 'bad' }]);
});
