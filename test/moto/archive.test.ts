// The bucket of copies on moto's S3: written once, read back, and locked (P8).
import { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { archive } from '../../functions/archive/archive.ts';
import { readerOf, writeOnceIn } from '../../functions/platform/bucket.ts';
import { COPIES } from '../../functions/store/copy-log.ts';
import { parseCopy } from '../../local/archive-copies.ts';
import { toyAction } from '../execute/toy.ts';
import { NOW } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
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

test('keeps the first copy of a change that is delivered twice', async () => {
  const record = toyAction();
  const key = { pk: `INCIDENT#${record.incidentId}`, sk: `ACTION#${record.actionId}` };
  const deliver = (at: string) =>
    archive(
      { keys: KEYS, put: writeOnceIn(s3, Bucket), log: () => {} },
      { ...key, sequence: '111', at, before: null, after: { ...key, record, version: 1 } },
    );
  await deliver(NOW.toISOString());
  await deliver('2030-01-01T00:00:00.000Z');
  const copies = readerOf(s3, Bucket);
  const keys = await copies.keys(COPIES);
  expect(keys).toHaveLength(1);
  expect(parseCopy(await copies.text(keys[0]!))).toMatchObject({
    at: NOW.toISOString(),
    record: { record },
  });
});

test('a copy and its lock cannot be deleted', async () => {
  const [Key = ''] = await readerOf(s3, Bucket).keys(COPIES);
  const { Versions = [] } = await s3.listObjectVersions({ Bucket });
  const [{ VersionId } = {}] = Versions;
  await expect(s3.deleteObject({ Bucket, Key, VersionId })).rejects.toThrow(/Access Denied/i);
  expect((await s3.listObjectVersions({ Bucket })).Versions).toHaveLength(1);
});
