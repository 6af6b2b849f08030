// The errors that cross function boundaries. Their names are what a state machine's ErrorEquals matches.

export type Ids = Readonly<Record<string, string | number | undefined>>;

/** Base of every error we raise on purpose: a sentence, the ids it is about, and what caused it. */
abstract class CountermandError extends Error {
  readonly ids: Ids;
  constructor(message: string, ids: Ids = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.ids = ids;
    // AWS Lambda reports `name` as errorType, and esbuild keeps class names, so both agree.
    this.name = new.target.name;
  }
}

/** Trying again later may help. The state machines retry exactly the subclasses of this one. */
export abstract class RetryableError extends CountermandError {}

/** Trying again cannot help; a person or a compensation has to act. */
export abstract class TerminalError extends CountermandError {}

/** Thrown when AWS asks us to slow down (ThrottlingException, TooManyRequestsException, HTTP 429). */
export class Throttled extends RetryableError {}
/** Thrown when another writer was faster: a stale lock token, a lost conditional write. */
export class Conflict extends RetryableError {}
/** Thrown when a service did not answer or answered with a 5xx, and when only a newer version of ours can go on. */
export class Unavailable extends RetryableError {}

/** Thrown when AWS refuses us for lack of rights. */
export class Denied extends TerminalError {}
/** Thrown when a record or an AWS resource that must exist does not. */
export class NotFound extends TerminalError {}
/** Thrown before a quota is hit, and when AWS says that it was. */
export class QuotaExceeded extends TerminalError {}
/** Thrown when a reversal finds a state that is not the one we left: it stops and says what it found. */
export class StateChanged extends TerminalError {}
/** Thrown when an earlier undo of the same effect failed: nothing new is built on what should not be there. */
export class UndoFailed extends TerminalError {}
/** Thrown when input does not have the documented shape; the message names field and expected form. */
export class InvalidInput extends TerminalError {}
/** Thrown when a record would leave the table of legal transitions. */
export class IllegalTransition extends TerminalError {}
/** Thrown when what is about to run is not, byte for byte, what was decided on. */
export class DigestMismatch extends TerminalError {}
/** Thrown when the kill switch stands at `halt`, or the rate limit has no place any more. */
export class Halted extends TerminalError {}
/** Thrown when a change was made and a look afterwards does not show it. */
export class NotVerified extends TerminalError {}

export type Kind = new (
  message: string,
  ids?: Ids,
  cause?: unknown,
) => RetryableError | TerminalError;

const BY_STATUS: Readonly<Record<number, Kind>> = {
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

/** What the status of an HTTP answer means where the service says no more. */
export const kindOfStatus = (status: number): Kind =>
  BY_STATUS[status] ?? (status < 500 ? InvalidInput : Unavailable);
