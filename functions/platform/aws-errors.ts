// Converts errors of the AWS SDK to typed errors: retryable or terminal.
import {
  Conflict,
  Denied,
  type ErrorClass,
  errorForStatus,
  type Ids,
  InvalidInput,
  NotFound,
  QuotaExceeded,
  RetryableError,
  TerminalError,
  Throttled,
  Unavailable,
} from '../domain/errors.ts';

/** By error name, as listed in the API references. */
const BY_NAME: Readonly<Record<string, ErrorClass>> = {
  ConditionalCheckFailedException: Conflict,
  WAFOptimisticLockException: Conflict,
  WAFInternalErrorException: Unavailable,
  WAFUnavailableEntityException: Unavailable,
  WAFNonexistentItemException: NotFound,
  WAFLimitsExceededException: QuotaExceeded,
  WAFInvalidParameterException: InvalidInput,
  'InvalidNetworkAclID.NotFound': NotFound,
  'InvalidNetworkAclEntry.NotFound': NotFound,
  NetworkAclEntryAlreadyExists: Conflict,
  NetworkAclEntryLimitExceeded: QuotaExceeded,
  OpsItemNotFoundException: NotFound,
  OpsItemLimitExceededException: QuotaExceeded,
  OpsItemInvalidParameterException: InvalidInput,
  OpsItemAccessDeniedException: Denied,
  OpsItemConflictException: Conflict,
  ResourceConflictException: Conflict,
  PreconditionFailedException: Conflict,
  InvalidParameterValueException: InvalidInput,
  ServiceException: Unavailable,
  FlowLogsLimitExceeded: QuotaExceeded,
  FlowLogAlreadyExists: Conflict,
  'InvalidFlowLogId.NotFound': NotFound,
  'InvalidNetworkInterfaceID.NotFound': NotFound,
  NoSuchEntityException: NotFound,
  EntityTemporarilyUnmodifiableException: Conflict,
  ConcurrentModificationException: Conflict,
  ServiceFailureException: Unavailable,
  UserNotFoundException: NotFound,
  NotAuthorizedException: Denied,
  InternalErrorException: Unavailable,
  NotFoundException: NotFound,
  UnauthorizedException: Denied,
  LimitExceededException: QuotaExceeded,
  AccessDeniedException: Denied,
  AccessDenied: Denied,
  UnauthorizedOperation: Denied,
  ExpiredTokenException: Denied,
  UnrecognizedClientException: Denied,
  ThrottlingException: Throttled,
  ThrottledException: Throttled,
  Throttling: Throttled,
  ProvisionedThroughputExceededException: Throttled,
  TooManyRequestsException: Throttled,
  RequestLimitExceeded: Throttled,
  ResourceNotFoundException: NotFound,
  ConflictException: Conflict,
  ServiceQuotaExceededException: QuotaExceeded,
};

/** Runs a call and converts its errors. `what` names the call in the message. */
export async function aws<T>(what: string, ids: Ids, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw typedAwsError(what, ids, cause);
  }
}

/** The thrown value as a typed error, with the original as its cause. Typed errors are returned unchanged. */
export function typedAwsError(what: string, ids: Ids, cause: unknown): Error {
  if (cause instanceof RetryableError || cause instanceof TerminalError) return cause;
  const name = cause instanceof Error ? cause.name : 'unknown';
  const message = cause instanceof Error ? cause.message : String(cause);
  const status = statusOf(cause);
  // API Gateway throws LimitExceededException with status 429 when it throttles. Elsewhere the name means a quota.
  const byName = status === 429 ? Throttled : BY_NAME[name];
  // Without a status there was no response.
  const ErrorOfKind = byName ?? (status === undefined ? Unavailable : errorForStatus(status));
  return new ErrorOfKind(`${what}: ${name}: ${message}`, ids, cause);
}

/** Whether the cause is the AWS error of this name, for example `NoSuchEntityException`. */
export const causedBy = (error: unknown, name: string): boolean =>
  error instanceof Error && error.cause instanceof Error && error.cause.name === name;

function statusOf(cause: unknown): number | undefined {
  if (typeof cause !== 'object' || cause === null || !('$metadata' in cause)) return undefined;
  return (cause.$metadata as { httpStatusCode?: number }).httpStatusCode;
}
