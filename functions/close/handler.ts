// Lambda entry of `close`.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { createLog } from '../audit/logger.ts';
import { ENV, required } from '../domain/env.ts';
import { sendFrom } from '../notify/deployed.ts';
import { readPolicyFile } from '../store/policy-file.ts';
import { createStore } from '../store/store.ts';
import { createKmsMac } from '../web/kms-mac.ts';
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
