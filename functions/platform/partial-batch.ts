// Processes a batch of records, and tells Lambda which of them failed.
import type { SQSBatchResponse } from 'aws-lambda';

/**
 * Processes all records at once. Lambda delivers those again that failed. Throws if every record failed, so that the
 * invocation counts as an error.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export async function partialBatch<R>(
  records: readonly R[],
  idOf: (record: R) => string | undefined,
  work: (record: R) => Promise<unknown>,
): Promise<SQSBatchResponse> {
  const outcomes = await Promise.allSettled(records.map(async (record) => work(record)));
  const errors = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (errors.length > 0 && errors.length === records.length)
    throw new AggregateError(errors, `all ${errors.length} records of the batch failed`);
  const failed = records.filter((_, i) => outcomes[i]?.status === 'rejected');
  // Lambda delivers the whole batch again if a failed record has no ID.
  return { batchItemFailures: failed.map((record) => ({ itemIdentifier: idOf(record) ?? '' })) };
}
