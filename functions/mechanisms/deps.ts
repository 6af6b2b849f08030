// Builds the dependencies of a scope's executor and reverser in AWS.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { PROOF_KEY_ENV, type ProofKeys, proofKeys } from '../authority/keys.ts';
import { type Env, readEnv } from '../domain/env.ts';
import {
  createSchedules,
  SCHEDULE_ENV,
  scheduleTargets,
} from '../platform/eventbridge-schedules.ts';
import { createLog } from '../platform/logger.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { stackPlace } from '../policy/stack-place.ts';
import { createBreaker } from '../store/breaker.ts';
import { createDrills } from '../store/drills.ts';
import { createEntityHistory } from '../store/entity-history.ts';
import { createLeases } from '../store/leases.ts';
import { createLimiter } from '../store/limiter.ts';
import { createRecords } from '../store/records.ts';
import { createKillSwitch } from '../store/switch.ts';
import { createTable } from '../store/table.ts';
import type { Connect } from './connect.ts';
import type { MechanismDeps } from './job.ts';

/** Throws InvalidInput if a variable is missing or the policy can't be read. */
export function mechanismDeps(
  scope: string,
  connect: Connect,
  env: Env,
): MechanismDeps & { keys: ProofKeys } {
  const own = readEnv(env, 'tableName', 'policyPath', ...PROOF_KEY_ENV, ...SCHEDULE_ENV);
  const log = createLog(scope, env);
  const policy = readPolicyFile(own.policyPath);
  const table = createTable(new DynamoDBClient({}), own.tableName);
  const keys = proofKeys(new KMS({}), own, env);
  const now = () => new Date();
  const mechanisms = connect({ env, policy, table, log });
  return {
    store: {
      records: createRecords(table, log),
      leases: createLeases(table),
      limiter: createLimiter(table),
      killSwitch: createKillSwitch(table, createBreaker(table, log), keys.resumptions),
      drills: createDrills(table),
      entityHistory: createEntityHistory(table),
    },
    mechanisms: new Map(mechanisms.map((one) => [one.info.id, one])),
    schedules: createSchedules(new Scheduler({}), scheduleTargets(own), now),
    policy,
    here: stackPlace(policy, env),
    keys,
    now,
    log,
  };
}
