// Lambda entry of `archive`, called by the table's stream.
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { partialBatch } from '../platform/partial-batch.ts';
import { changeIn } from '../platform/stream-record.ts';
import { archive } from './archive.ts';
import { archiveDeps } from './deps.ts';

const deps = archiveDeps(process.env);

export const handler = ({ Records }: DynamoDBStreamEvent) =>
  partialBatch(
    Records,
    ({ dynamodb }) => dynamodb?.SequenceNumber,
    (record) => archive(deps, changeIn(record)),
  );
