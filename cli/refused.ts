// The error of a command that cannot run as it was called.

/** Thrown when a command cannot run as it was called. The message says what to change. */
export class Refused extends Error {
  override name = 'Refused';
}
