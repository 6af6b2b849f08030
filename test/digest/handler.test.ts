// The Lambda entry of the digest, with the files of a bucket.
import { createHash } from 'node:crypto';
import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ENV } from '../../functions/domain/env.ts';
import { awsFailure } from '../../functions/mechanisms/stand-in.ts';

const s3 = mockClient(S3Client);
const kms = mockClient(KMSClient);
const files = new Map<string, string>();
let run: () => Promise<void>;

const log = (at: string, ...names: string[]) =>
  files.set(
    `log/${at}-0123456789abcdef.json`,
    JSON.stringify({ copies: names.map((key) => ({ key, sha256: 'a'.repeat(64) })) }),
  );

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-30T09:10:00Z') });
  for (const [name, value] of Object.entries({
    AWS_REGION: 'eu-central-1',
    [ENV.archiveBucket]: 'copies',
    [ENV.digestKeyArn]: 'digest-key',
  }))
    vi.stubEnv(name, value);
  ({ handler: run } = await import('../../functions/digest/handler.ts'));
});
beforeEach(() => {
  files.clear();
  s3.reset();
  kms.reset();
  kms.on(SignCommand).resolves({ Signature: Buffer.from('signature') });
  // One file on each page.
  s3.on(ListObjectsV2Command).callsFake(({ Prefix, ContinuationToken = '0' }) => {
    const keys = [...files.keys()].filter((key) => key.startsWith(Prefix)).sort();
    const at = Number(ContinuationToken);
    const isLast = at + 1 >= keys.length;
    return {
      Contents: keys.slice(at, at + 1).map((Key) => ({ Key })),
      ...(!isLast && { NextContinuationToken: String(at + 1) }),
    };
  });
  s3.on(GetObjectCommand).callsFake(({ Key }) => ({
    Body: { transformToString: async () => files.get(Key) },
  }));
  s3.on(PutObjectCommand).callsFake(({ Key, Body, IfNoneMatch }) => {
    expect(IfNoneMatch).toBe('*');
    if (files.has(Key)) throw awsFailure('PreconditionFailed', 412, 'it exists');
    files.set(Key, Body);
    return {};
  });
});
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const AT_9 = 'digests/2026-11-30T09:00:00.000Z.txt';

test('signs the copies of the last full hour, and the keys of those that no log lists', async () => {
  log('2026-11-30T08:15:00.000Z', 'records/a', 'records/b');
  log('2026-11-30T08:59:59.999Z', 'records/b');
  log('2026-11-30T09:00:00.000Z', 'records/c');
  for (const key of ['a', 'b', 'c', 'old']) files.set(`records/${key}`, 'untrusted text');
  await run();
  const [line = '', signature] = (files.get(AT_9) ?? '').split('\n');
  expect(JSON.parse(line)).toEqual({
    from: '2026-11-30T08:15:00.000Z',
    until: '2026-11-30T09:00:00.000Z',
    previous: null,
    copies: ['records/a', 'records/b'].map((key) => ({ key, sha256: 'a'.repeat(64) })),
    existing: ['records/old'],
  });
  const read = s3.commandCalls(GetObjectCommand).map(({ args: [{ input }] }) => input.Key ?? '');
  expect(read.every((key) => key.startsWith('log/'))).toBe(true);
  expect(signature).toBe(Buffer.from('signature').toString('base64'));
  expect(kms.commandCalls(SignCommand).map(({ args: [{ input }] }) => input)).toEqual([
    {
      ...{ KeyId: 'digest-key', MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' },
      Message: createHash('sha256').update(`${line}\n`).digest(),
    },
  ]);
});

test('follows the previous digest, also in an hour without copies', async () => {
  const earlier = 'digests/2026-11-30T08:00:00.000Z.txt';
  files.set(earlier, 'line\nsignature\n');
  await run();
  expect(JSON.parse(files.get(AT_9)?.split('\n')[0] ?? '')).toEqual({
    from: '2026-11-30T08:00:00.000Z',
    until: '2026-11-30T09:00:00.000Z',
    previous: {
      key: earlier,
      sha256: createHash('sha256').update('line\nsignature\n').digest('hex'),
    },
    copies: [],
  });
});

test('signs an hour once, however often it is invoked', async () => {
  await run();
  const first = files.get(AT_9);
  await run();
  expect([kms.commandCalls(SignCommand).length, files.get(AT_9)]).toEqual([1, first]);
});
