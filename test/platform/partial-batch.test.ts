// The response to Lambda after a batch of records.
import { expect, test } from 'vitest';
import { partialBatch } from '../../functions/platform/partial-batch.ts';

const idOf = (record: string) => (record === 'nameless' ? undefined : record);
/** Fails for the named records. */
const failing =
  (...failed: string[]) =>
  (record: string) => {
    if (failed.includes(record)) throw new Error(`${record} failed`);
    return Promise.resolve();
  };

test('names only the records that failed, so that Lambda delivers no other record again', async () => {
  expect(await partialBatch(['a', 'b', 'c'], idOf, failing('b'))).toEqual({
    batchItemFailures: [{ itemIdentifier: 'b' }],
  });
});

test('throws with every error when all records failed, so that the invocation counts as an error', async () => {
  const error: unknown = await partialBatch(['a', 'b'], idOf, failing('a', 'b')).catch(
    (one) => one,
  );
  expect(error).toBeInstanceOf(AggregateError);
  expect((error as AggregateError).errors.map(({ message }) => message)).toEqual([
    'a failed',
    'b failed',
  ]);
});

test('accepts an empty batch', async () => {
  expect(await partialBatch([], idOf, failing())).toEqual({ batchItemFailures: [] });
});

test('names a failed record without an ID with empty text, for which Lambda delivers the whole batch again', async () => {
  expect(await partialBatch(['a', 'nameless'], idOf, failing('nameless'))).toEqual({
    batchItemFailures: [{ itemIdentifier: '' }],
  });
});
