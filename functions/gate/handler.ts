// Lambda entry of `gate`.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readEnv } from '../domain/env.ts';
import { effectsOf } from '../mechanisms/registry.ts';
import { remoteClients } from '../platform/http-clients.ts';
import { createLog } from '../platform/logger.ts';
import { createOnCall } from '../platform/on-call-schedule.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createStore } from '../store/store.ts';
import type { GateDeps } from './deps.ts';
import { gate } from './gate.ts';

const env = readEnv(process.env, 'policyPath', 'tableName');
const log = createLog('gate');
const policy = readPolicyFile(env.policyPath);
const deps: GateDeps = {
  store: createStore(new DynamoDBClient({}), env.tableName, log),
  policy,
  onCall: createOnCall(policy.escalation.onCall ?? {}, remoteClients()),
  effectsOf,
  now: () => new Date(),
  log,
};

export const handler = (event: unknown) => gate(deps, event);
