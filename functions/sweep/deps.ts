// Dependencies of `sweep`, and how they are built in AWS.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Lambda } from '@aws-sdk/client-lambda';
import { SFN } from '@aws-sdk/client-sfn';
import { type Env, readEnv } from '../domain/env.ts';
import { MESSAGING_ENV, sendFrom } from '../messaging/deps.ts';
import type { Send } from '../messaging/message.ts';
import { createCallback, createStarter } from '../platform/executions.ts';
import { createInvoker } from '../platform/invoke.ts';
import type { Log } from '../platform/log.ts';
import { createLog } from '../platform/logger.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createBreaker } from '../store/breaker.ts';
import { createChecks } from '../store/checks.ts';
import { createPager } from '../store/pager.ts';
import { createPosts } from '../store/posts.ts';
import { createRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { createTable } from '../store/table.ts';

export type SweepDeps = {
  store: Pick<Store, 'table' | 'records' | 'checks' | 'breaker' | 'pager'>;
  /** Starts an execution. Resolves when the name is in use, because another sweep was faster. */
  startReverse: (name: string, input: object) => Promise<void>;
  startRespond: (name: string, input: object) => Promise<void>;
  /** Answers a waiting state machine. Rejects with NotFound when it no longer waits. */
  callback: (token: string, output: object) => Promise<void>;
  /** Invokes `notify` about an action, or with a recipient whose digest is due. */
  notify: (
    input: { incidentId: string; actionId: string } | { digestFor: string },
  ) => Promise<void>;
  send: Send;
  now: () => Date;
  log: Log;
};

/** Throws InvalidInput when a variable is missing or the policy cannot be read. */
export function sweepDeps(env: Env): SweepDeps {
  const own = readEnv(
    env,
    'policyPath',
    'tableName',
    'reverseArn',
    'respondArn',
    'notifyFunctionName',
    ...MESSAGING_ENV,
  );
  const log = createLog('sweep', env);
  const sfn = new SFN({});
  const policy = readPolicyFile(own.policyPath);
  const table = createTable(new DynamoDBClient({}), own.tableName);
  const store = {
    table,
    records: createRecords(table, log),
    checks: createChecks(table),
    breaker: createBreaker(table, log),
    pager: createPager(table, log),
    posts: createPosts(table),
  };
  return {
    store,
    startReverse: createStarter(sfn, own.reverseArn),
    startRespond: createStarter(sfn, own.respondArn),
    callback: createCallback(sfn),
    notify: createInvoker(new Lambda({}), own.notifyFunctionName),
    send: sendFrom(own, policy, store, log),
    now: () => new Date(),
    log,
  };
}
