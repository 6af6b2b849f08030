// Dependencies of `archive`, and how they are built in AWS.
import { KMS } from '@aws-sdk/client-kms';
import { S3 } from '@aws-sdk/client-s3';
import type { Verifier } from '../authority/claims.ts';
import { PROOF_KEY_ENV, type ProofKeys, proofKeys } from '../authority/keys.ts';
import { type Env, readEnv } from '../domain/env.ts';
import { type WriteOnce, writeOnceIn } from '../platform/bucket.ts';
import type { Log } from '../platform/log.ts';
import { createLog } from '../platform/logger.ts';

export type ArchiveDeps = {
  put: WriteOnce;
  /** Verify the proofs in alerts, actions and resumptions. */
  keys: Readonly<Record<keyof ProofKeys, Verifier>>;
  log: Log;
  now: () => Date;
};

/** Throws InvalidInput when a variable is missing. */
export function archiveDeps(env: Env): ArchiveDeps {
  const own = readEnv(env, 'archiveBucket', ...PROOF_KEY_ENV);
  return {
    put: writeOnceIn(new S3({}), own.archiveBucket),
    keys: proofKeys(new KMS({}), own, env),
    log: createLog('archive', env),
    now: () => new Date(),
  };
}
