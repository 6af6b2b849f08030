// Lambda entry of `archive`, at the table's stream: what cannot be copied is delivered again, in order.
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { S3 } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord, DynamoDBStreamHandler } from 'aws-lambda';
import * as z from 'zod';
import { readEnv } from '../domain/env.ts';
import { createLog } from '../platform/logger.ts';
import { archive } from './archive.ts';
import { createBucket } from './bucket.ts';

const Image = z
  .record(
    z.string(),
    z.custom<AttributeValue>((value) => typeof value === 'object'),
  )
  // What is too large for a number of ours was written by somebody else: it must not hold up the others.
  .transform((image) => unmarshall(image, { wrapNumbers: Number }))
  .nullable()
  .default(null);

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html */
const StreamRecord = z.object({
  dynamodb: z.object({
    Keys: z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.string() }) }),
    SequenceNumber: z.string(),
    /** Seconds since 1970. */
    ApproximateCreationDateTime: z.number(),
    OldImage: Image,
    NewImage: Image,
  }),
});

const env = readEnv(process.env, 'archiveBucket');
const deps = {
  put: createBucket(new S3({}), env.archiveBucket),
  log: createLog('archive'),
};
const processor = new BatchProcessor(EventType.DynamoDBStreams);

async function copy(told: DynamoDBRecord): Promise<void> {
  const { Keys, SequenceNumber, ApproximateCreationDateTime, OldImage, NewImage } =
    StreamRecord.parse(told).dynamodb;
  await archive(deps, {
    pk: Keys.pk.S,
    sk: Keys.sk.S,
    sequence: SequenceNumber,
    at: new Date(ApproximateCreationDateTime * 1000).toISOString(),
    before: OldImage,
    after: NewImage,
  });
}

export const handler: DynamoDBStreamHandler = (event, context) =>
  processPartialResponse(event, copy, processor, { context });
