// Parses a DynamoDB stream record.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';

const Image = z._default(
  z.nullable(
    z.pipe(
      z.record(
        z.string(),
        z.custom<AttributeValue>((value) => typeof value === 'object'),
      ),
      // A number that JavaScript can't represent exactly would make unmarshall throw and block the stream.
      z.transform((image) => unmarshall(image, { wrapNumbers: Number })),
    ),
  ),
  null,
);

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

/** The change in a stream record. Throws ZodError for a record of another shape. */
export function changeIn(record: unknown) {
  const { Keys, SequenceNumber, ApproximateCreationDateTime, OldImage, NewImage } =
    StreamRecord.parse(record).dynamodb;
  return {
    pk: Keys.pk.S,
    sk: Keys.sk.S,
    sequence: SequenceNumber,
    at: new Date(ApproximateCreationDateTime * 1000).toISOString(),
    before: OldImage,
    after: NewImage,
  };
}
