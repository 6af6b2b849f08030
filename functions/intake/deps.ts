// Dependencies of `intake`, and how they are built in AWS.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { SFN } from '@aws-sdk/client-sfn';
import { SQS } from '@aws-sdk/client-sqs';
import type { Signer } from '../authority/claims.ts';
import { PROOF_KEY_ENV, proofKeys } from '../authority/keys.ts';
import type { Env } from '../domain/env.ts';
import { readEnv } from '../domain/env.ts';
import type { Place } from '../domain/place.ts';
import { createStarter } from '../platform/executions.ts';
import type { Log } from '../platform/log.ts';
import { createLog } from '../platform/logger.ts';
import type { Policy } from '../policy/policy.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { stackPlace } from '../policy/stack-place.ts';
import { createBreaker } from '../store/breaker.ts';
import { createEntityHistory } from '../store/entity-history.ts';
import { createFindings } from '../store/findings.ts';
import type { Layout } from '../store/layout.ts';
import { createRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { createKillSwitch } from '../store/switch.ts';
import { createTable } from '../store/table.ts';

/** `closed`: the product closed the finding, so requests about it may end. */
export type RespondInput = { incidentId: string; alertId: string; closed?: true };

export type IntakeDeps = {
  store: Pick<Store, 'table' | 'records' | 'findings' | 'entityHistory' | 'killSwitch'>;
  policy: Policy;
  here: Place;
  /** Signs the alerts that it accepts. */
  keys: { alerts: Signer };
  /** Starts `respond` under a name. Does nothing when the name is in use. */
  startRespond: (name: string, input: RespondInput) => Promise<void>;
  /** Prefix of the names of this stack's functions and roles. */
  ownPrefix: string;
  /** Sends an invalid body to the rejected queue, with the reason. */
  reject: (body: string, reason: string) => Promise<void>;
  /** The layout of new incidents. */
  recordLayout: Layout;
  now: () => Date;
  log: Log;
};

/** Throws InvalidInput when a variable is missing or the policy cannot be read. */
export function intakeDeps(env: Env): IntakeDeps {
  const own = readEnv(
    env,
    'tableName',
    'policyPath',
    'respondArn',
    'ownPrefix',
    'rejectedQueueUrl',
    'recordLayout',
    ...PROOF_KEY_ENV,
  );
  const { tableName, policyPath, respondArn, ownPrefix, rejectedQueueUrl, recordLayout } = own;
  const log = createLog('intake', env);
  const sqs = new SQS({});
  const keys = proofKeys(new KMS({}), own, env);
  const table = createTable(new DynamoDBClient({}), tableName);
  const policy = readPolicyFile(policyPath);
  return {
    store: {
      table,
      records: createRecords(table, log),
      findings: createFindings(table),
      entityHistory: createEntityHistory(table),
      killSwitch: createKillSwitch(table, createBreaker(table, log), keys.resumptions),
    },
    policy,
    here: stackPlace(policy, env),
    keys,
    startRespond: createStarter(new SFN({}), respondArn),
    ownPrefix,
    reject: async (body, reason) => {
      await sqs.sendMessage({
        QueueUrl: rejectedQueueUrl,
        MessageBody: body,
        MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
      });
    },
    recordLayout: recordLayout === '1' ? 1 : 2,
    now: () => new Date(),
    log,
  };
}
