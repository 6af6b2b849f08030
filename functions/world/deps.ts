// Dependencies of `world`, and how they are built in AWS.
import { setTimeout } from 'node:timers/promises';
import { CloudTrail } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import type { EndKeys } from '../authority/end.ts';
import { PROOF_KEY_ENV, proofKeys } from '../authority/keys.ts';
import { type Env, readEnv } from '../domain/env.ts';
import type { Place } from '../domain/place.ts';
import type { Sleep } from '../mechanisms/poll-until.ts';
import type { WorldReader } from '../mechanisms/world.ts';
import { MESSAGING_ENV, sendFrom } from '../messaging/deps.ts';
import type { Send } from '../messaging/message.ts';
import { createInvoker } from '../platform/invoke.ts';
import type { Log } from '../platform/log.ts';
import { createLog } from '../platform/logger.ts';
import type { Policy } from '../policy/policy.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { stackPlace } from '../policy/stack-place.ts';
import { createStore, type Store } from '../store/store.ts';
import { createTable } from '../store/table.ts';
import { CONNECT_WORLD } from './readers.ts';
import { remembered } from './remembered.ts';
import { createTrail, type Trail } from './trail.ts';

export type WorldDeps = {
  store: Store;
  policy: Policy;
  /** The place of this stack. */
  here: Place;
  readers: readonly WorldReader[];
  /** Verify what was captured, and how long it stays. */
  keys: EndKeys;
  trail: Trail;
  /** Invokes the executor of a scope. It decides whether it puts the change back. */
  putBack: (
    scope: string,
    input: { incidentId: string; actionId: string; putBack: true },
  ) => Promise<void>;
  /** Prefix of the names of this stack's functions and roles. */
  ownPrefix: string;
  send: Send;
  sleep: Sleep;
  now: () => Date;
  log: Log;
};

/** Throws InvalidInput when a variable is missing or the policy cannot be read. */
export function worldDeps(env: Env): WorldDeps {
  const own = readEnv(
    env,
    'policyPath',
    'tableName',
    'ownPrefix',
    ...PROOF_KEY_ENV,
    ...MESSAGING_ENV,
  );
  const log = createLog('world', env);
  const policy = readPolicyFile(own.policyPath);
  const store = createStore(createTable(new DynamoDBClient({}), own.tableName), log);
  const lambda = new Lambda({});
  const { evidence, votes } = proofKeys(new KMS({}), own, env);
  return {
    store,
    policy,
    here: stackPlace(policy, env),
    readers: CONNECT_WORLD.map((connect) => connect(env)),
    keys: { evidence: remembered(evidence), votes: remembered(votes) },
    trail: createTrail((region) => new CloudTrail(region ? { region } : {})),
    putBack: (scope, input) => createInvoker(lambda, `${own.ownPrefix}execute-${scope}`)(input),
    ownPrefix: own.ownPrefix,
    send: sendFrom(own, policy, store, log),
    sleep: (milliseconds) => setTimeout(milliseconds),
    now: () => new Date(),
    log,
  };
}
