// Writes copies to the archive bucket, each key once.
import type { S3 } from '@aws-sdk/client-s3';
import { aws, causedBy } from '../platform/aws-errors.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
export const createBucket =
  (client: Pick<S3, 'putObject'>, Bucket: string) =>
  async (Key: string, Body: string): Promise<void> => {
    const put = { Bucket, Key, Body, ContentType: 'application/json', IfNoneMatch: '*' };
    await aws('copying a record', { Key }, () => client.putObject(put)).catch((error: unknown) => {
      // The stream may deliver a change more than once.
      if (!causedBy(error, 'PreconditionFailed')) throw error;
    });
  };
