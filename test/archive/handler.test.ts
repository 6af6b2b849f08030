// The Lambda entry of the archive with a batch of the stream.
import { createHash } from 'node:crypto';
import { KMSClient, VerifyMacCommand } from '@aws-sdk/client-kms';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ENV } from '../../functions/domain/env.ts';
import { awsFailure } from '../../functions/mechanisms/stand-in.ts';
import { indexKeys } from '../../functions/store/due.ts';
import { toyAction } from '../execute/toy.ts';

const s3 = mockClient(S3Client);
const kms = mockClient(KMSClient);
const action = toyAction({ attentionAt: '2026-11-24T05:00:00.000Z' });
let deliver: (...sequences: string[]) => Promise<DynamoDBBatchResponse>;

beforeAll(async () => {
  // The functions' log lines.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  for (const [name, value] of Object.entries({
    AWS_REGION: 'eu-central-1',
    [ENV.archiveBucket]: 'copies',
    [ENV.voteKeyArn]: 'votes',
    [ENV.rulingKeyArn]: 'rulings',
    [ENV.evidenceKeyArn]: 'evidence',
    [ENV.alertKeyArn]: 'alerts',
    [ENV.resumeKeyArn]: 'resumptions',
  }))
    vi.stubEnv(name, value);
  const { handler } = await import('../../functions/archive/handler.ts');
  const key = { pk: `INCIDENT#${action.incidentId}`, sk: `ACTION#${action.actionId}` };
  const streamRecord = (SequenceNumber: string, more: object = {}) => ({
    eventID: SequenceNumber,
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    dynamodb: {
      ApproximateCreationDateTime: 1_795_000_000,
      Keys: marshall(key),
      NewImage: marshall({ ...key, record: action, version: 1, ...indexKeys(key, action) }),
      SequenceNumber,
      ...more,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  });
  const damaged = {
    NewImage: { ...marshall(key), record: { M: { version: { N: '12345678901234567890' } } } },
  };
  deliver = (...sequences) =>
    handler({
      Records: sequences.map((one) => streamRecord(one, one === 'damaged' ? damaged : {})),
    } as unknown as DynamoDBStreamEvent);
});
beforeEach(() => {
  s3.reset();
  kms.on(VerifyMacCommand).resolves({ MacValid: true });
  s3.on(PutObjectCommand).resolves({});
});
afterAll(() => vi.unstubAllEnvs());

const FOLDER = `records/INCIDENT/${action.incidentId}/ACTION/${action.actionId}`;

test('writes one object per change, and never overwrites one', async () => {
  expect(await deliver('111', '222')).toEqual({ batchItemFailures: [] });
  const puts = s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input);
  const logged = puts.pop();
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
  expect(logged?.Key).toMatch(/^log\/\d{4}-.+Z-[0-9a-f]{16}\.json$/);
  expect(JSON.parse(String(logged?.Body))).toEqual({
    copies: puts.map(({ Key, Body }) => ({
      key: Key,
      sha256: createHash('sha256').update(String(Body)).digest('hex'),
    })),
  });
});

test('P8: returns the whole batch if its copies cannot be logged for the digest', async () => {
  s3.on(PutObjectCommand).callsFake(({ Key }) => {
    if (Key.startsWith('log/')) throw awsFailure('SlowDown', 503, 'slower');
    return {};
  });
  await expect(deliver('111', '222')).rejects.toThrow('SlowDown');
});

test('accepts a change that was copied before', async () => {
  s3.on(PutObjectCommand).rejects(awsFailure('PreconditionFailed', 412, 'it exists'));
  expect(await deliver('111')).toEqual({ batchItemFailures: [] });
});

test('P9: returns a change that cannot be copied, so that it is delivered again', async () => {
  s3.on(PutObjectCommand)
    .resolvesOnce({})
    .rejectsOnce(awsFailure('SlowDown', 503, 'please reduce your request rate'));
  expect(await deliver('111', '222')).toEqual({ batchItemFailures: [{ itemIdentifier: '222' }] });
});

test('P8: copies a number that our code could not have written, reports it, and continues', async () => {
  expect(await deliver('damaged', '222')).toEqual({ batchItemFailures: [] });
  const [body] = s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input.Body);
  expect(JSON.parse(String(body)).faults).toEqual([
    expect.stringContaining('the record cannot be read'),
  ]);
});
