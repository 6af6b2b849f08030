// Lambda entry of `approve`.
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { SESv2 } from '@aws-sdk/client-sesv2';
import { SFN } from '@aws-sdk/client-sfn';
import { SNS } from '@aws-sdk/client-sns';
import { loggerAsLog } from '../audit/logger.ts';
import { ENV, required } from '../domain/env.ts';
import { createSend } from '../notify/channels.ts';
import { createCallback } from '../scheduling/executions.ts';
import { createStore } from '../store/store.ts';
import { createKmsMac } from '../web/kms-mac.ts';
import { type ApproveDeps, approve } from './approve.ts';

const log = loggerAsLog(new Logger({ serviceName: 'approve' }));
const deps: ApproveDeps = {
  store: createStore(new DynamoDBClient({}), required(process.env, ENV.tableName), log),
  send: createSend({
    ses: new SESv2({}),
    sns: new SNS({}),
    mailFrom: required(process.env, ENV.mailFrom),
    teamTopicArn: required(process.env, ENV.teamTopicArn),
  }),
  mac: createKmsMac(new KMS({}), required(process.env, ENV.linkKeyArn)),
  callback: createCallback(new SFN({})),
  webBaseUrl: required(process.env, ENV.webBaseUrl),
  now: () => new Date(),
  log,
};

export const handler = (event: unknown) => approve(deps, event);
