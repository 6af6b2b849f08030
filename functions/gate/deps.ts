// Dependencies of `gate`, and how they are built in AWS.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import type { Signer, Verifier } from '../authority/claims.ts';
import { PROOF_KEY_ENV, proofKeys } from '../authority/keys.ts';
import { type Env, readEnv } from '../domain/env.ts';
import type { Place } from '../domain/place.ts';
import { effectsOf } from '../mechanisms/registry.ts';
import { remoteClients } from '../platform/http-clients.ts';
import type { Log } from '../platform/log.ts';
import { createLog } from '../platform/logger.ts';
import { createOnCall, type OnCall } from '../platform/on-call-schedule.ts';
import type { Policy } from '../policy/policy.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { stackPlace } from '../policy/stack-place.ts';
import { createBreaker } from '../store/breaker.ts';
import { createDecisions } from '../store/decisions.ts';
import { createDrills } from '../store/drills.ts';
import { createEffects } from '../store/effects.ts';
import { createLeaseReader } from '../store/lease-reader.ts';
import { createLimiter } from '../store/limiter.ts';
import { createModelCalls } from '../store/model-calls.ts';
import { createRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { createKillSwitch } from '../store/switch.ts';
import { createTable } from '../store/table.ts';
import type { Circumstances } from './proposal.ts';

export type GateDeps = {
  store: Pick<
    Store,
    'records' | 'decisions' | 'effects' | 'drills' | 'limiter' | 'killSwitch' | 'modelCalls'
  > & {
    leases: Pick<Store['leases'], 'find'>;
  };
  /** Reads on-call schedules. Without it, schedules add no approvers. */
  onCall?: OnCall;
  policy: Policy;
  here: Place;
  /** Signs rulings, and verifies them, the orders of people, the evidence of executors and the alerts of intake. */
  keys: { rulings: Signer & Verifier; votes: Verifier; evidence: Verifier; alerts: Verifier };
  effectsOf: Circumstances['effectsOf'];
  now: () => Date;
  log: Log;
};

/** Throws InvalidInput when a variable is missing or the policy cannot be read. */
export function gateDeps(env: Env): GateDeps {
  const own = readEnv(env, 'policyPath', 'tableName', ...PROOF_KEY_ENV);
  const log = createLog('gate', env);
  const policy = readPolicyFile(own.policyPath);
  const keys = proofKeys(new KMS({}), own, env);
  const table = createTable(new DynamoDBClient({}), own.tableName);
  return {
    store: {
      records: createRecords(table, log),
      decisions: createDecisions(table),
      effects: createEffects(table),
      leases: createLeaseReader(table),
      drills: createDrills(table),
      limiter: createLimiter(table),
      modelCalls: createModelCalls(table),
      killSwitch: createKillSwitch(table, createBreaker(table, log), keys.resumptions),
    },
    policy,
    here: stackPlace(policy, env),
    keys,
    onCall: createOnCall(policy.escalation.onCall ?? {}, remoteClients()),
    effectsOf,
    now: () => new Date(),
    log,
  };
}
