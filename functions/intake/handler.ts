// Lambda entry of `intake`: a batch from the queue; what fails is delivered again, what cannot be read is put aside.
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFN } from '@aws-sdk/client-sfn';
import { SQS } from '@aws-sdk/client-sqs';
import type { SQSHandler, SQSRecord } from 'aws-lambda';
import { readEnv } from '../domain/env.ts';
import { createStarter } from '../platform/executions.ts';
import { createLog } from '../platform/logger.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createStore } from '../store/store.ts';
import { acceptEvent, type IntakeDeps } from './intake.ts';

const env = readEnv(
  process.env,
  'tableName',
  'policyPath',
  'respondArn',
  'ownPrefix',
  'rejectedQueueUrl',
);
const log = createLog('intake');
const sqs = new SQS({});
const deps: IntakeDeps = {
  store: createStore(new DynamoDBClient({}), env.tableName, log),
  policy: readPolicyFile(env.policyPath),
  startRespond: createStarter(new SFN({}), env.respondArn),
  ownPrefix: env.ownPrefix,
  reject: async (body, reason) => {
    await sqs.sendMessage({
      QueueUrl: env.rejectedQueueUrl,
      MessageBody: body,
      MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
    });
  },
  now: () => new Date(),
  log,
};
const processor = new BatchProcessor(EventType.SQS);

export const handler: SQSHandler = (event, context) =>
  processPartialResponse(event, ({ body }: SQSRecord) => acceptEvent(deps, body), processor, {
    context,
  });
