// P8: the bucket of copies, with moto as S3: a copy is written once, read back, and outlives who would delete it.
import { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { archive } from '../../functions/archive/archive.ts';
import { createBucket } from '../../functions/archive/bucket.ts';
import { copiesInBucket } from '../../local/archive-copies.ts';
import { toyAction } from '../execute/toy.ts';
import { NOW } from '../fixtures/case.ts';
import { type Moto, startMoto } from './moto-server.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const Bucket = 'countermand-copies';
let moto: Moto;
let s3: S3;

beforeAll(async () => {
  moto = await startMoto();
  s3 = new S3({ ...moto.clientConfig, forcePathStyle: true });
  await s3.createBucket({
    Bucket,
    ObjectLockEnabledForBucket: true,
    CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
  });
  await s3.putObjectLockConfiguration({
    Bucket,
    ObjectLockConfiguration: {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 365 } },
    },
  });
});
afterAll(async () => {
  s3?.destroy();
  await moto?.stop();
});

test('a change that is told twice is one copy, which says what the first telling said', async () => {
  const record = toyAction();
  const key = { pk: `INCIDENT#${record.incidentId}`, sk: `ACTION#${record.actionId}` };
  const tell = (at: string) =>
    archive(
      { put: createBucket(s3, Bucket), log: () => {} },
      { ...key, sequence: '111', at, before: null, after: { ...key, record, version: 1 } },
    );
  await tell(NOW.toISOString());
  await tell('2030-01-01T00:00:00.000Z');
  const copies = copiesInBucket(s3, Bucket);
  const keys = await copies.keys();
  expect(keys).toHaveLength(1);
  expect(await copies.read(keys[0]!)).toMatchObject({ at: NOW.toISOString(), record: { record } });
});

test('a copy stays: neither it nor its lock can be taken away', async () => {
  const [Key = ''] = await copiesInBucket(s3, Bucket).keys();
  const { Versions = [] } = await s3.listObjectVersions({ Bucket });
  const [{ VersionId } = {}] = Versions;
  await expect(s3.deleteObject({ Bucket, Key, VersionId })).rejects.toThrow(/Access Denied/i);
  expect((await s3.listObjectVersions({ Bucket })).Versions).toHaveLength(1);
});
