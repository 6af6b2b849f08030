// Files in the archive's bucket, each written once.
import type { S3 } from '@aws-sdk/client-s3';
import { aws, causedBy } from './aws-errors.ts';

export type WriteOnce = (key: string, body: string) => Promise<void>;

/**
 * Does nothing if the file exists: streams and schedules may deliver twice.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export const writeOnceIn =
  (client: Pick<S3, 'putObject'>, Bucket: string): WriteOnce =>
  async (Key, Body) => {
    const put = { Bucket, Key, Body, ContentType: 'application/json', IfNoneMatch: '*' };
    await aws('writing to the archive', { Key }, () => client.putObject(put)).catch(
      (error: unknown) => {
        if (!causedBy(error, 'PreconditionFailed')) throw error;
      },
    );
  };

/** Lists and reads files. `keys` returns the keys below a prefix, sorted. */
export const readerOf = (client: Pick<S3, 'listObjectsV2' | 'getObject'>, Bucket: string) => ({
  async keys(Prefix: string): Promise<string[]> {
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await aws('listing the archive', { Prefix }, () =>
        client.listObjectsV2({ Bucket, Prefix, ContinuationToken }),
      );
      found.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    return found.sort();
  },
  async text(Key: string): Promise<string> {
    const { Body } = await aws('reading the archive', { Key }, () =>
      client.getObject({ Bucket, Key }),
    );
    return (await Body?.transformToString()) ?? '';
  },
});
