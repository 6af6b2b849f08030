// Lambda entry of `intake`, called with a batch from the queue.
import type { SQSEvent } from 'aws-lambda';
import { partialBatch } from '../platform/partial-batch.ts';
import { intakeDeps } from './deps.ts';
import { acceptEvent } from './intake.ts';

const deps = intakeDeps(process.env);

export const handler = ({ Records }: SQSEvent) =>
  partialBatch(
    Records,
    ({ messageId }) => messageId,
    ({ body }) => acceptEvent(deps, body),
  );
