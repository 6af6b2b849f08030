// The error for what the operator has to change before a command can run.

/** Thrown when a command cannot run as it was called. The message says what to change. */
export class Refused extends Error {
  override name = 'Refused';
}
