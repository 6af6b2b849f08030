// Dependencies of `archive`, and how they are built in AWS.
import { S3 } from '@aws-sdk/client-s3';
import { type Env, readEnv } from '../domain/env.ts';
import type { Log } from '../platform/log.ts';
import { createLog } from '../platform/logger.ts';
import { createBucket } from './bucket.ts';

export type ArchiveDeps = {
  /** Writes an object once. Does nothing if the key exists, because it holds the same change. */
  put: (key: string, body: string) => Promise<void>;
  log: Log;
};

/** Throws InvalidInput when the bucket's name is missing. */
export const archiveDeps = (env: Env): ArchiveDeps => ({
  put: createBucket(new S3({}), readEnv(env, 'archiveBucket').archiveBucket),
  log: createLog('archive'),
});
