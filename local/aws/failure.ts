// An error as the AWS SDK throws it.

/** @example throw awsFailure('WAFOptimisticLockException', 400, 'stale lock token') */
export function awsFailure(
  name: string,
  httpStatusCode: number,
  message: string,
  fields = {},
): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode }, ...fields });
}
