// Lambda entry of `archive`, called by the table's stream.
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { DynamoDBRecord, DynamoDBStreamHandler } from 'aws-lambda';
import { archive } from './archive.ts';
import { archiveDeps } from './deps.ts';
import { changeIn } from './stream-record.ts';

const deps = archiveDeps(process.env);
const processor = new BatchProcessor(EventType.DynamoDBStreams);

export const handler: DynamoDBStreamHandler = (event, context) =>
  processPartialResponse(
    event,
    (record: DynamoDBRecord) => archive(deps, changeIn(record)),
    processor,
    { context },
  );
