// What AWS says, in our words: the class decides whether anybody tries again.
import { expect, test } from 'vitest';
import {
  Conflict,
  Denied,
  InvalidInput,
  NotFound,
  QuotaExceeded,
  StateChanged,
  Throttled,
  Unavailable,
} from '../../functions/domain/errors.ts';
import { awsFailure } from '../../functions/mechanisms/stand-in.ts';
import { aws, typedAwsError } from '../../functions/platform/aws-errors.ts';

test.each([
  ['ConditionalCheckFailedException', 400, Conflict],
  ['WAFOptimisticLockException', 400, Conflict],
  ['WAFNonexistentItemException', 400, NotFound],
  ['WAFLimitsExceededException', 400, QuotaExceeded],
  ['WAFInternalErrorException', 500, Unavailable],
  ['WAFInvalidParameterException', 400, InvalidInput],
  ['OpsItemAccessDeniedException', 403, Denied],
  ['OpsItemConflictException', 409, Conflict],
  ['OpsItemLimitExceededException', 400, QuotaExceeded],
  // AWS answers many of its throttles with 400, which otherwise stands for a request that is wrong for good.
  ['ThrottlingException', 400, Throttled],
  ['ThrottledException', 400, Throttled],
  ['ProvisionedThroughputExceededException', 400, Throttled],
  ['ExpiredTokenException', 400, Denied],
  ['NobodyKnowsThisException', 429, Throttled],
  ['NobodyKnowsThisException', 403, Denied],
  ['NobodyKnowsThisException', 404, NotFound],
  ['NobodyKnowsThisException', 408, Unavailable],
  ['NobodyKnowsThisException', 409, Conflict],
  ['NobodyKnowsThisException', 400, InvalidInput],
  ['NobodyKnowsThisException', 503, Unavailable],
])('%s with status %i', (name, status, kind) => {
  const cause = awsFailure(name, status, 'refused');
  const typed = typedAwsError('writing', { id: 'a' }, cause);
  expect(typed.constructor).toBe(kind);
  expect(typed.message).toBe(`writing: ${name}: refused`);
  expect(typed.cause).toBe(cause);
});

test('no answer at all may be better later', () => {
  expect(typedAwsError('reading', {}, new Error('socket hang up'))).toBeInstanceOf(Unavailable);
});

test('an error that is ours already stays what it is', async () => {
  const ours = new StateChanged('somebody was here');
  await expect(aws('reading', {}, () => Promise.reject(ours))).rejects.toBe(ours);
});
