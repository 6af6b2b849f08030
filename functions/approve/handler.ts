// Lambda entry of `approve`.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { SFN } from '@aws-sdk/client-sfn';
import { readEnv } from '../domain/env.ts';
import { createKmsMac } from '../links/kms-mac.ts';
import { MESSAGING_ENV, sendFrom } from '../messaging/deps.ts';
import { createCallback } from '../platform/executions.ts';
import { createLog } from '../platform/logger.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createStore } from '../store/store.ts';
import { type ApproveDeps, approve } from './approve.ts';

const env = readEnv(
  process.env,
  'policyPath',
  'tableName',
  'linkKeyArn',
  'webBaseUrl',
  ...MESSAGING_ENV,
);
const log = createLog('approve');
const policy = readPolicyFile(env.policyPath);
const store = createStore(new DynamoDBClient({}), env.tableName, log);
const deps: ApproveDeps = {
  store,
  policy,
  send: sendFrom(env, policy, store, log),
  mac: createKmsMac(new KMS({}), env.linkKeyArn),
  callback: createCallback(new SFN({})),
  webBaseUrl: env.webBaseUrl,
  now: () => new Date(),
  log,
};

export const handler = (event: unknown) => approve(deps, event);
