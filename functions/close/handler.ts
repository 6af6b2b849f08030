// Lambda entry of `close`.
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SESv2 } from '@aws-sdk/client-sesv2';
import { SNS } from '@aws-sdk/client-sns';
import { loggerAsLog } from '../audit/logger.ts';
import { ENV, required } from '../domain/env.ts';
import { createSend } from '../notify/channels.ts';
import { createStore } from '../store/store.ts';
import { type CloseDeps, close } from './close.ts';

const log = loggerAsLog(new Logger({ serviceName: 'close' }));
const deps: CloseDeps = {
  store: createStore(new DynamoDBClient({}), required(process.env, ENV.tableName), log),
  send: createSend({
    ses: new SESv2({}),
    sns: new SNS({}),
    mailFrom: required(process.env, ENV.mailFrom),
    teamTopicArn: required(process.env, ENV.teamTopicArn),
  }),
  now: () => new Date(),
  log,
};

export const handler = (event: unknown) => close(deps, event);
