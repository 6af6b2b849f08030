// Errors that cross function boundaries. ErrorEquals matches their names.

export type Ids = Readonly<Record<string, string | number | undefined>>;

/** Base of every error thrown on purpose: a message, the IDs it is about, and the cause. */
abstract class CountermandError extends Error {
  readonly ids: Ids;
  constructor(message: string, ids: Ids = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.ids = ids;
    // AWS Lambda reports `name` as errorType, and esbuild keeps class names, so both agree.
    this.name = new.target.name;
  }
}

/** A retry may succeed. The state machines retry exactly the subclasses of this class. */
export abstract class RetryableError extends CountermandError {}

/** A retry can't succeed: a person or a compensation has to act. */
export abstract class TerminalError extends CountermandError {}

/** Thrown when the rate limit has no free slot. The state `execute` retries it less often than other errors. */
export class NoSlot extends CountermandError {}

/** Thrown when a service throttles the call (ThrottlingException, TooManyRequestsException, HTTP 429). */
export class Throttled extends RetryableError {}
/** Thrown when another writer was faster: a stale lock token or a failed conditional write. */
export class Conflict extends RetryableError {}
/**
 * Thrown when a service doesn't answer or answers with a 5xx, and when only a newer version of this code can continue.
 */
export class Unavailable extends RetryableError {}

/** Thrown when access is denied. */
export class Denied extends TerminalError {}
/** Thrown when a record or an AWS resource that must exist does not. */
export class NotFound extends TerminalError {}
/** Thrown when the target of an action no longer exists. Then nothing is left to change or to undo. */
export class TargetGone extends NotFound {}
/** Thrown before a quota is exceeded, and when a service says that it was. */
export class QuotaExceeded extends TerminalError {}
/** Thrown when a reversal finds a state other than the one the action left. The message says what was found. */
export class StateChanged extends TerminalError {}
/** Thrown when an earlier undo of the same effect failed. The effect can't be reused until a person fixes it. */
export class UndoFailed extends TerminalError {}
/** Thrown when input doesn't have the documented shape. The message names the field and the expected shape. */
export class InvalidInput extends TerminalError {}
/** Thrown when a write would make a transition that `TRANSITIONS` doesn't list. */
export class IllegalTransition extends TerminalError {}
/** Thrown when the digest of the action to run differs from the digest that was decided on. */
export class DigestMismatch extends TerminalError {}
/** Thrown when the kill switch is set to `halt`. */
export class Halted extends TerminalError {}
/** Thrown when the record of a change has no proof, so that an undo might restore what never was. */
export class Unproven extends TerminalError {}
/** Thrown when a check after a change doesn't find the change. */
export class NotVerified extends TerminalError {}

export type ErrorClass = new (
  message: string,
  ids?: Ids,
  cause?: unknown,
) => RetryableError | TerminalError;

const BY_STATUS: Readonly<Record<number, ErrorClass>> = {
  401: Denied,
  403: Denied,
  404: NotFound,
  408: Unavailable,
  409: Conflict,
  410: NotFound,
  412: Conflict,
  423: Conflict,
  429: Throttled,
  507: QuotaExceeded,
};

/** The error class for an HTTP status, if the service reports no code of its own. */
export const errorForStatus = (status: number): ErrorClass =>
  BY_STATUS[status] ?? (status < 500 ? InvalidInput : Unavailable);
