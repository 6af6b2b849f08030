// Lambda entry of `approve`.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { SFN } from '@aws-sdk/client-sfn';
import { ENV, required } from '../domain/env.ts';
import { createKmsMac } from '../links/kms-mac.ts';
import { sendFrom } from '../messaging/deps.ts';
import { createCallback } from '../platform/executions.ts';
import { createLog } from '../platform/logger.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createStore } from '../store/store.ts';
import { type ApproveDeps, approve } from './approve.ts';

const log = createLog('approve');
const policy = readPolicyFile(required(process.env, ENV.policyPath));
const store = createStore(new DynamoDBClient({}), required(process.env, ENV.tableName), log);
const deps: ApproveDeps = {
  store,
  policy,
  send: sendFrom(process.env, policy, store, log),
  mac: createKmsMac(new KMS({}), required(process.env, ENV.linkKeyArn)),
  callback: createCallback(new SFN({})),
  webBaseUrl: required(process.env, ENV.webBaseUrl),
  now: () => new Date(),
  log,
};

export const handler = (event: unknown) => approve(deps, event);
