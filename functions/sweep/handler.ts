// Lambda entry of `sweep`, called every minute.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Lambda } from '@aws-sdk/client-lambda';
import { SFN } from '@aws-sdk/client-sfn';
import { ENV, required } from '../domain/env.ts';
import { sendFrom } from '../messaging/deps.ts';
import { createCallback, createStarter } from '../platform/executions.ts';
import { createCall } from '../platform/invoke.ts';
import { createLog } from '../platform/logger.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createStore } from '../store/store.ts';
import type { SweepDeps } from './deps.ts';
import { sweep } from './sweep.ts';

const log = createLog('sweep');
const sfn = new SFN({});
const policy = readPolicyFile(required(process.env, ENV.policyPath));
const store = createStore(new DynamoDBClient({}), required(process.env, ENV.tableName), log);
const deps: SweepDeps = {
  store,
  startReverse: createStarter(sfn, required(process.env, ENV.reverseArn)),
  startRespond: createStarter(sfn, required(process.env, ENV.respondArn)),
  callback: createCallback(sfn),
  tell: createCall(new Lambda({}), required(process.env, ENV.notifyFunctionName)),
  send: sendFrom(process.env, policy, store, log),
  now: () => new Date(),
  log,
};

export const handler = () => sweep(deps);
