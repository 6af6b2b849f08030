// Lambda entry of `archive`, called by the table's stream.
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { partialBatch } from '../platform/partial-batch.ts';
import { changeIn } from '../platform/stream-record.ts';
import type { Logged } from '../store/copy-log.ts';
import { archive, logCopies } from './archive.ts';
import { archiveDeps } from './deps.ts';

const deps = archiveDeps(process.env);

export async function handler({ Records }: DynamoDBStreamEvent) {
  const copied: (Logged | null)[] = [];
  const failed = await partialBatch(
    Records,
    ({ dynamodb }) => dynamodb?.SequenceNumber,
    async (record) => copied.push(await archive(deps, changeIn(record))),
  );
  // Throws if the log can't be written, so that Lambda delivers the batch again.
  await logCopies(deps, copied);
  return failed;
}
