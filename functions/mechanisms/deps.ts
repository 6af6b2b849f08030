// What the executor and the reverser of a scope are built from in AWS.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { ENV, type Env, required } from '../domain/env.ts';
import { createSchedules, scheduleTargets } from '../platform/eventbridge-schedules.ts';
import { createLog } from '../platform/logger.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createStore } from '../store/store.ts';
import type { Connect } from './connect.ts';

/** Throws InvalidInput when a variable is missing or the policy cannot be read. */
export function mechanismDeps(scope: string, connect: Connect, env: Env) {
  const log = createLog(scope);
  const policy = readPolicyFile(required(env, ENV.policyPath));
  const store = createStore(new DynamoDBClient({}), required(env, ENV.tableName), log);
  const now = () => new Date();
  const mechanisms = connect({ env, policy, store, log });
  return {
    store,
    mechanisms: new Map(mechanisms.map((one) => [one.info.id, one])),
    schedules: createSchedules(new Scheduler({}), scheduleTargets(env), now),
    policy,
    now,
    log,
  };
}
