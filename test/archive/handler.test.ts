// The Lambda entry with a batch of the stream: what is copied where, once, and what comes again.
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ENV } from '../../functions/domain/env.ts';
import { awsFailure } from '../../functions/mechanisms/stand-in.ts';
import { attentionKeys } from '../../functions/store/records.ts';
import { toyAction } from '../execute/toy.ts';

const s3 = mockClient(S3Client);
const action = toyAction({ attentionAt: '2026-11-24T05:00:00.000Z' });
let deliver: (...sequences: string[]) => Promise<DynamoDBBatchResponse>;

beforeAll(async () => {
  for (const [name, value] of Object.entries({
    AWS_REGION: 'eu-central-1',
    [ENV.archiveBucket]: 'copies',
  }))
    vi.stubEnv(name, value);
  const { handler } = await import('../../functions/archive/handler.ts');
  const key = { pk: `INCIDENT#${action.incidentId}`, sk: `ACTION#${action.actionId}` };
  const told = (SequenceNumber: string, more: object = {}) => ({
    eventID: SequenceNumber,
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    dynamodb: {
      ApproximateCreationDateTime: 1_795_000_000,
      Keys: marshall(key),
      NewImage: marshall({ ...key, record: action, version: 1, ...attentionKeys(action) }),
      SequenceNumber,
      ...more,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  });
  const spoiled = {
    NewImage: { ...marshall(key), record: { M: { version: { N: '12345678901234567890' } } } },
  };
  deliver = async (...sequences) =>
    (await handler(
      {
        Records: sequences.map((one) => told(one, one === 'spoiled' ? spoiled : {})),
      } as unknown as DynamoDBStreamEvent,
      { getRemainingTimeInMillis: () => 60_000 } as Context,
      () => {},
    )) as DynamoDBBatchResponse;
});
beforeEach(() => {
  s3.reset();
  s3.on(PutObjectCommand).resolves({});
});
afterAll(() => vi.unstubAllEnvs());

const FOLDER = `records/INCIDENT/${action.incidentId}/ACTION/${action.actionId}`;

test('each change becomes one object, which is never written over', async () => {
  expect(await deliver('111', '222')).toEqual({ batchItemFailures: [] });
  const puts = s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input);
  expect(puts.map(({ Bucket, Key, IfNoneMatch }) => ({ Bucket, Key, IfNoneMatch }))).toEqual(
    ['111', '222'].map((number) => ({
      Bucket: 'copies',
      Key: `${FOLDER}/${number.padStart(40, '0')}.json`,
      IfNoneMatch: '*',
    })),
  );
  const copy = JSON.parse(String(puts[0]?.Body));
  expect(copy).toMatchObject({
    at: '2026-11-18T11:06:40.000Z',
    record: { record: action },
    faults: [],
  });
});

test('a change that is told again is there already', async () => {
  s3.on(PutObjectCommand).rejects(awsFailure('PreconditionFailed', 412, 'it exists'));
  expect(await deliver('111')).toEqual({ batchItemFailures: [] });
});

test('P9: what cannot be copied comes again', async () => {
  s3.on(PutObjectCommand)
    .resolvesOnce({})
    .rejects(awsFailure('SlowDown', 503, 'please reduce your request rate'));
  expect(await deliver('111', '222')).toEqual({ batchItemFailures: [{ itemIdentifier: '222' }] });
});

test('P8: a number that no writer of ours could write is copied and a fault, and holds up nothing', async () => {
  expect(await deliver('spoiled', '222')).toEqual({ batchItemFailures: [] });
  const [body] = s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input.Body);
  expect(JSON.parse(String(body)).faults).toEqual([expect.stringContaining('it cannot be read')]);
});
