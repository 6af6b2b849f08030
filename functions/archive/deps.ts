// Dependencies of `archive`, and how they are built in AWS.
import { S3 } from '@aws-sdk/client-s3';
import { type Env, readEnv } from '../domain/env.ts';
import type { Log } from '../platform/log.ts';
import { createLog } from '../platform/logger.ts';
import { createBucket } from './bucket.ts';

export type ArchiveDeps = {
  /** Writes once: what is there under this key already is the same change, and stays. */
  put: (key: string, body: string) => Promise<void>;
  log: Log;
};

/** Throws InvalidInput when the bucket is not named. */
export const archiveDeps = (env: Env): ArchiveDeps => ({
  put: createBucket(new S3({}), readEnv(env, 'archiveBucket').archiveBucket),
  log: createLog('archive'),
});
