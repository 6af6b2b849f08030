// Dependencies of `console`, and how they are built in AWS.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { PROOF_KEY_ENV, proofKeys } from '../../authority/keys.ts';
import { type Env, readEnv } from '../../domain/env.ts';
import { InvalidInput } from '../../domain/errors.ts';
import { createKmsMac } from '../../links/kms-mac.ts';
import type { Mac } from '../../links/signed-claims.ts';
import type { Log } from '../../platform/log.ts';
import { createLog } from '../../platform/logger.ts';
import type { Policy } from '../../policy/policy.ts';
import { readPolicyFile } from '../../policy/policy-file.ts';
import { createBreaker } from '../../store/breaker.ts';
import { createNotes } from '../../store/notes.ts';
import { createRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { createSummaries } from '../../store/summaries.ts';
import { createKillSwitch } from '../../store/switch.ts';
import { createTable } from '../../store/table.ts';

/** The person who reads the console. */
export type ConsoleReader = { id: string; name: string };

export type ConsoleDeps = {
  store: Pick<Store, 'records' | 'killSwitch' | 'notes' | 'summaries'>;
  policy: Policy;
  /** Signs the links that lead to the decision pages, in the name of the reader. */
  mac: Pick<Mac, 'generate'>;
  /** Verifies sign-ins. The role may not sign with this key. */
  pages: Pick<Mac, 'verify'>;
  /** The ID of the reader on a laptop, where no one signs in; null in an account. */
  actsAs: string | null;
  newId: () => string;
  webBaseUrl: string;
  now: () => Date;
  log: Log;
};

/** Throws InvalidInput when a variable is missing, the policy can't be read, or it has no sign-in. */
export function consoleDeps(env: Env): ConsoleDeps {
  const own = readEnv(env, 'policyPath', 'webBaseUrl', 'tableName', 'linkKeyArn', ...PROOF_KEY_ENV);
  const log = createLog('console', env);
  const kms = new KMS({});
  const policy = readPolicyFile(own.policyPath);
  if (policy.signIn === null)
    throw new InvalidInput('the console needs signIn in the policy of the account', {});
  const keys = proofKeys(kms, own, env);
  const table = createTable(new DynamoDBClient({}), own.tableName);
  return {
    store: {
      records: createRecords(table, log),
      killSwitch: createKillSwitch(table, createBreaker(table, log), keys.resumptions),
      notes: createNotes(table, log),
      summaries: createSummaries(table, log),
    },
    policy,
    mac: createKmsMac(kms, own.linkKeyArn, undefined),
    pages: keys.votes,
    actsAs: null,
    newId: randomUUID,
    webBaseUrl: own.webBaseUrl,
    now: () => new Date(),
    log,
  };
}
