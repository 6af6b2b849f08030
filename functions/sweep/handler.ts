// Lambda entry of `sweep`, called every minute.
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Lambda } from '@aws-sdk/client-lambda';
import { SESv2 } from '@aws-sdk/client-sesv2';
import { SFN } from '@aws-sdk/client-sfn';
import { SNS } from '@aws-sdk/client-sns';
import { loggerAsLog } from '../audit/logger.ts';
import { ENV, required } from '../domain/env.ts';
import { createSend } from '../notify/channels.ts';
import { createCallback, createStarter } from '../scheduling/executions.ts';
import { createStore } from '../store/store.ts';
import { type SweepDeps, sweep } from './sweep.ts';

const log = loggerAsLog(new Logger({ serviceName: 'sweep' }));
const sfn = new SFN({});
const lambda = new Lambda({});
const notifyFunction = required(process.env, ENV.notifyFunctionName);
const deps: SweepDeps = {
  store: createStore(new DynamoDBClient({}), required(process.env, ENV.tableName), log),
  startReverse: createStarter(sfn, required(process.env, ENV.reverseArn)),
  startRespond: createStarter(sfn, required(process.env, ENV.respondArn)),
  callback: createCallback(sfn),
  tell: async (input) => {
    await lambda.invoke({
      FunctionName: notifyFunction,
      InvocationType: 'Event',
      Payload: JSON.stringify(input),
    });
  },
  send: createSend({
    ses: new SESv2({}),
    sns: new SNS({}),
    mailFrom: required(process.env, ENV.mailFrom),
    teamTopicArn: required(process.env, ENV.teamTopicArn),
  }),
  now: () => new Date(),
  log,
};

export const handler = () => sweep(deps);
