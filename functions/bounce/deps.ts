// Dependencies of `bounce`, and how they are built in AWS.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Lambda } from '@aws-sdk/client-lambda';
import { type Env, readEnv } from '../domain/env.ts';
import type { Undelivered } from '../domain/undelivered.ts';
import { MESSAGING_ENV, sendFrom } from '../messaging/deps.ts';
import type { Send } from '../messaging/message.ts';
import { createInvoker } from '../platform/invoke.ts';
import type { Log } from '../platform/log.ts';
import { createLog } from '../platform/logger.ts';
import type { Policy } from '../policy/policy.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createBounces } from '../store/bounces.ts';
import { createPager } from '../store/pager.ts';
import { createPosts } from '../store/posts.ts';
import type { Store } from '../store/store.ts';
import { createTable } from '../store/table.ts';

export type BounceDeps = {
  store: Pick<Store, 'bounces'>;
  policy: Pick<Policy, 'account' | 'escalation'>;
  /** Invokes `approve`, which knows whether the request is open and who comes next. */
  askNext: (input: {
    incidentId: string;
    actionId: string;
    bounced: string;
    why: Undelivered;
  }) => Promise<void>;
  /** Notifies the team, and no person. */
  send: Send;
  now: () => Date;
  log: Log;
};

/** Throws InvalidInput when a variable is missing or the policy cannot be read. */
export function bounceDeps(env: Env): BounceDeps {
  const own = readEnv(env, 'policyPath', 'tableName', 'approveFunctionName', ...MESSAGING_ENV);
  const log = createLog('bounce', env);
  const policy = readPolicyFile(own.policyPath);
  const table = createTable(new DynamoDBClient({}), own.tableName);
  const sending = { pager: createPager(table, log), posts: createPosts(table) };
  return {
    store: { bounces: createBounces(table) },
    policy,
    askNext: createInvoker(new Lambda({}), own.approveFunctionName),
    send: sendFrom(own, policy, sending, log),
    now: () => new Date(),
    log,
  };
}
