// Dependencies of `api`, and how they are built in AWS.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { PROOF_KEY_ENV, proofKeys } from '../../authority/keys.ts';
import { type Env, readEnv } from '../../domain/env.ts';
import { InvalidInput } from '../../domain/errors.ts';
import type { Mac } from '../../links/signed-claims.ts';
import type { Log } from '../../platform/log.ts';
import { createLog } from '../../platform/logger.ts';
import type { Policy } from '../../policy/policy.ts';
import { readPolicyFile } from '../../policy/policy-file.ts';
import { createNotes } from '../../store/notes.ts';
import { createReads } from '../../store/reads.ts';
import { createRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { createSummaries } from '../../store/summaries.ts';
import { createTable } from '../../store/table.ts';

export type ApiDeps = {
  store: Pick<Store, 'records' | 'notes' | 'summaries' | 'reads'>;
  policy: Policy;
  /** Verifies tokens. The role may not issue one. */
  pages: Pick<Mac, 'verify'>;
  /** The ID of the reader on a laptop, where no one signs in; null in an account. */
  actsAs: string | null;
  newId: () => string;
  now: () => Date;
  log: Log;
};

/** Throws InvalidInput when a variable is missing, the policy can't be read, or it has no sign-in. */
export function apiDeps(env: Env): ApiDeps {
  const own = readEnv(env, 'policyPath', 'tableName', ...PROOF_KEY_ENV);
  const log = createLog('api', env);
  const policy = readPolicyFile(own.policyPath);
  if (policy.signIn === null)
    throw new InvalidInput('the API needs signIn in the policy of the account', {});
  const table = createTable(new DynamoDBClient({}), own.tableName);
  return {
    store: {
      records: createRecords(table, log),
      notes: createNotes(table, log),
      summaries: createSummaries(table, log),
      reads: createReads(table),
    },
    policy,
    pages: proofKeys(new KMS({}), own, env).votes,
    actsAs: null,
    newId: randomUUID,
    now: () => new Date(),
    log,
  };
}
