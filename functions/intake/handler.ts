// Lambda entry of `intake`, called with a batch from the queue.
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSHandler, SQSRecord } from 'aws-lambda';
import { intakeDeps } from './deps.ts';
import { acceptEvent } from './intake.ts';

const deps = intakeDeps(process.env);
const processor = new BatchProcessor(EventType.SQS);

export const handler: SQSHandler = (event, context) =>
  processPartialResponse(event, ({ body }: SQSRecord) => acceptEvent(deps, body), processor, {
    context,
  });
