// AWS errors as typed errors, whose class decides whether a retry can help.
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
  // AWS reports many throttles with status 400, which otherwise means a permanently invalid request.
  ['ThrottlingException', 400, Throttled],
  ['ThrottledException', 400, Throttled],
  ['ProvisionedThroughputExceededException', 400, Throttled],
  ['ExpiredTokenException', 400, Denied],
  ['UnknownException', 429, Throttled],
  ['UnknownException', 403, Denied],
  ['UnknownException', 404, NotFound],
  ['UnknownException', 408, Unavailable],
  ['UnknownException', 409, Conflict],
  ['UnknownException', 400, InvalidInput],
  ['UnknownException', 503, Unavailable],
])('maps %s with status %i to a typed error', (name, status, kind) => {
  const cause = awsFailure(name, status, 'refused');
  const typed = typedAwsError('writing', { id: 'a' }, cause);
  expect(typed.constructor).toBe(kind);
  expect(typed.message).toBe(`writing: ${name}: refused`);
  expect(typed.cause).toBe(cause);
});

test('maps a missing answer to Unavailable, so that it is retried', () => {
  expect(typedAwsError('reading', {}, new Error('socket hang up'))).toBeInstanceOf(Unavailable);
});

test('rethrows an error that is already typed', async () => {
  const ours = new StateChanged('someone changed it');
  await expect(aws('reading', {}, () => Promise.reject(ours))).rejects.toBe(ours);
});
