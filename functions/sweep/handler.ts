// Lambda entry of `sweep`, called every minute.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Lambda } from '@aws-sdk/client-lambda';
import { SFN } from '@aws-sdk/client-sfn';
import { readEnv } from '../domain/env.ts';
import { MESSAGING_ENV, sendFrom } from '../messaging/deps.ts';
import { createCallback, createStarter } from '../platform/executions.ts';
import { createCall } from '../platform/invoke.ts';
import { createLog } from '../platform/logger.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createStore } from '../store/store.ts';
import type { SweepDeps } from './deps.ts';
import { sweep } from './sweep.ts';

const env = readEnv(
  process.env,
  'policyPath',
  'tableName',
  'reverseArn',
  'respondArn',
  'notifyFunctionName',
  ...MESSAGING_ENV,
);
const log = createLog('sweep');
const sfn = new SFN({});
const policy = readPolicyFile(env.policyPath);
const store = createStore(new DynamoDBClient({}), env.tableName, log);
const deps: SweepDeps = {
  store,
  startReverse: createStarter(sfn, env.reverseArn),
  startRespond: createStarter(sfn, env.respondArn),
  callback: createCallback(sfn),
  tell: createCall(new Lambda({}), env.notifyFunctionName),
  send: sendFrom(env, policy, store, log),
  now: () => new Date(),
  log,
};

export const handler = () => sweep(deps);
