// Lambda entry of `remind`, called by the schedule.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { readEnv } from '../domain/env.ts';
import { CLOUDFRONT_REGION } from '../domain/ip-set.ts';
import { createKmsMac } from '../links/kms-mac.ts';
import { MESSAGING_ENV, sendFrom } from '../messaging/deps.ts';
import { createLog } from '../platform/logger.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createStore } from '../store/store.ts';
import { type RemindDeps, remind } from './remind.ts';

const env = readEnv(
  process.env,
  'policyPath',
  'tableName',
  'linkKeyArn',
  'webBaseUrl',
  ...MESSAGING_ENV,
);
const log = createLog('remind');
const policy = readPolicyFile(env.policyPath);
const store = createStore(new DynamoDBClient({}), env.tableName, log);
const deps: RemindDeps = {
  store,
  policy,
  send: sendFrom(env, policy, store, log),
  mac: createKmsMac(new KMS({}), env.linkKeyArn),
  webBaseUrl: env.webBaseUrl,
  waf: { REGIONAL: new WAFV2({}), CLOUDFRONT: new WAFV2({ region: CLOUDFRONT_REGION }) },
  lookDeadline: () => AbortSignal.timeout(8_000),
  now: () => new Date(),
  log,
};

export const handler = (event: unknown) => remind(deps, event);
