// Lambda entry of `notify`.
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SESv2 } from '@aws-sdk/client-sesv2';
import { SNS } from '@aws-sdk/client-sns';
import { SSM } from '@aws-sdk/client-ssm';
import { loggerAsLog } from '../audit/logger.ts';
import { ENV, required } from '../domain/env.ts';
import { openTicket } from '../execute/ticket/ops-item.ts';
import { readPolicyFile } from '../store/policy-file.ts';
import { createStore } from '../store/store.ts';
import { createSend } from './channels.ts';
import { type NotifyDeps, notify } from './notify.ts';

const log = loggerAsLog(new Logger({ serviceName: 'notify' }));
const ssm = new SSM({});
const deps: NotifyDeps = {
  store: createStore(new DynamoDBClient({}), required(process.env, ENV.tableName), log),
  policy: readPolicyFile(required(process.env, ENV.policyPath)),
  send: createSend({
    ses: new SESv2({}),
    sns: new SNS({}),
    mailFrom: required(process.env, ENV.mailFrom),
    teamTopicArn: required(process.env, ENV.teamTopicArn),
  }),
  openTicket: (ticket) => openTicket(ssm, ticket),
  now: () => new Date(),
  log,
};

export const handler = (event: unknown) => notify(deps, event);
