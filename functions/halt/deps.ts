// Dependencies of `halt`, and how they are built in AWS.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { PROOF_KEY_ENV, proofKeys } from '../authority/keys.ts';
import { type Env, readEnv } from '../domain/env.ts';
import type { Mac } from '../links/signed-claims.ts';
import { MESSAGING_ENV, sendFrom } from '../messaging/deps.ts';
import type { Send } from '../messaging/message.ts';
import type { Log } from '../platform/log.ts';
import { createLog } from '../platform/logger.ts';
import type { Policy } from '../policy/policy.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createBreaker } from '../store/breaker.ts';
import { createPager } from '../store/pager.ts';
import { createPosts } from '../store/posts.ts';
import type { Store } from '../store/store.ts';
import { createKillSwitch } from '../store/switch.ts';
import { createTable } from '../store/table.ts';

export type HaltDeps = {
  store: Pick<Store, 'killSwitch'>;
  policy: Policy;
  /** Verifies sign-ins. The role may not sign with this key. */
  pages: Pick<Mac, 'verify'>;
  /** Who halts on a laptop, where no one signs in; null in an account. */
  actsAs: string | null;
  /** Notifies the team. */
  send: Send;
  webBaseUrl: string;
  now: () => Date;
  log: Log;
};

/** Throws InvalidInput when a variable is missing or the policy can't be read. */
export function haltDeps(env: Env): HaltDeps {
  const own = readEnv(
    env,
    'policyPath',
    'webBaseUrl',
    'tableName',
    ...PROOF_KEY_ENV,
    ...MESSAGING_ENV,
  );
  const log = createLog('halt', env);
  const policy = readPolicyFile(own.policyPath);
  const keys = proofKeys(new KMS({}), own, env);
  const table = createTable(new DynamoDBClient({}), own.tableName);
  const sending = { pager: createPager(table, log), posts: createPosts(table) };
  return {
    store: { killSwitch: createKillSwitch(table, createBreaker(table, log), keys.resumptions) },
    policy,
    pages: keys.votes,
    actsAs: null,
    send: sendFrom(own, policy, sending, log),
    webBaseUrl: own.webBaseUrl,
    now: () => new Date(),
    log,
  };
}
