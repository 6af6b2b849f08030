// Lambda entry of `intake`: a batch from the queue; what fails is delivered again, what cannot be read is put aside.
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFN } from '@aws-sdk/client-sfn';
import { SQS } from '@aws-sdk/client-sqs';
import type { SQSHandler, SQSRecord } from 'aws-lambda';
import { ENV, required } from '../domain/env.ts';
import { createStarter } from '../platform/executions.ts';
import { createLog } from '../platform/logger.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createStore } from '../store/store.ts';
import { acceptEvent, type IntakeDeps } from './intake.ts';

const log = createLog('intake');
const sqs = new SQS({});
const deps: IntakeDeps = {
  store: createStore(new DynamoDBClient({}), required(process.env, ENV.tableName), log),
  policy: readPolicyFile(required(process.env, ENV.policyPath)),
  startRespond: createStarter(new SFN({}), required(process.env, ENV.respondArn)),
  ownPrefix: required(process.env, ENV.ownPrefix),
  reject: async (body, reason) => {
    await sqs.sendMessage({
      QueueUrl: required(process.env, ENV.rejectedQueueUrl),
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
