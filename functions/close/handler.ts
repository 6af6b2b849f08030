// Lambda entry of `close`.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { readEnv } from '../domain/env.ts';
import { createKmsMac } from '../links/kms-mac.ts';
import { MESSAGING_ENV, sendFrom } from '../messaging/deps.ts';
import { createLog } from '../platform/logger.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createStore } from '../store/store.ts';
import { type CloseDeps, close } from './close.ts';

const env = readEnv(
  process.env,
  'policyPath',
  'tableName',
  'linkKeyArn',
  'webBaseUrl',
  ...MESSAGING_ENV,
);
const log = createLog('close');
const policy = readPolicyFile(env.policyPath);
const store = createStore(new DynamoDBClient({}), env.tableName, log);
const deps: CloseDeps = {
  store,
  policy,
  mac: createKmsMac(new KMS({}), env.linkKeyArn),
  webBaseUrl: env.webBaseUrl,
  send: sendFrom(env, policy, store, log),
  now: () => new Date(),
  log,
};

export const handler = (event: unknown) => close(deps, event);
