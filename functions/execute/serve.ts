// What every executor and reverser function in AWS is built from; a scope adds its mechanisms.

import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { ENV, required } from '../domain/env.ts';
import type { Sleep } from '../mechanisms/look-until.ts';
import type { Connected, Scope } from '../mechanisms/mechanism.ts';
import { createSchedules, scheduleTargets } from '../platform/eventbridge-schedules.ts';
import { createLog } from '../platform/logger.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { reverse } from '../reverse/reverse.ts';
import { createStore } from '../store/store.ts';
import type { ExecuteDeps } from './deps.ts';
import { execute } from './execute.ts';

export const sleep: Sleep = (milliseconds) => setTimeout(milliseconds);

/** The two Lambda handlers of a scope; drills use its mechanisms as they are joined here. */
export function deploy(
  scope: Scope,
  connect: (policy: ExecuteDeps['policy'], store: ExecuteDeps['store']) => readonly Connected[],
) {
  const log = createLog(scope);
  const policy = readPolicyFile(required(process.env, ENV.policyPath));
  const store = createStore(new DynamoDBClient({}), required(process.env, ENV.tableName), log);
  const mechanisms = connect(policy, store);
  const deps: ExecuteDeps = {
    store,
    mechanisms: new Map(mechanisms.map((one) => [one.face.id, one])),
    schedules: createSchedules(new Scheduler({}), scheduleTargets(process.env), () => new Date()),
    policy,
    now: () => new Date(),
    log,
  };
  return {
    mechanisms,
    execute: (event: unknown) => execute(deps, event),
    reverse: (event: unknown) => reverse(deps, event),
  };
}
