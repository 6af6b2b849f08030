// Lambda entry of `close`.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { ENV, required } from '../domain/env.ts';
import { createKmsMac } from '../links/kms-mac.ts';
import { sendFrom } from '../messaging/deps.ts';
import { createLog } from '../platform/logger.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createStore } from '../store/store.ts';
import { type CloseDeps, close } from './close.ts';

const log = createLog('close');
const policy = readPolicyFile(required(process.env, ENV.policyPath));
const store = createStore(new DynamoDBClient({}), required(process.env, ENV.tableName), log);
const deps: CloseDeps = {
  store,
  policy,
  mac: createKmsMac(new KMS({}), required(process.env, ENV.linkKeyArn)),
  webBaseUrl: required(process.env, ENV.webBaseUrl),
  send: sendFrom(process.env, policy, store, log),
  now: () => new Date(),
  log,
};

export const handler = (event: unknown) => close(deps, event);
