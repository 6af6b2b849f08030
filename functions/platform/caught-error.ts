// The error that a state machine's Catch passes on.
import * as z from 'zod/mini';

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
export const Caught = z.object({ Error: z.string(), Cause: z.optional(z.string()) });
export type Caught = z.infer<typeof Caught>;

/** At most 500 characters: the error name, and the message of a function's error report without its stack trace. */
export const causeText = ({ Error: name, Cause = '' }: Caught): string =>
  `${name}: ${messageIn(Cause)}`.slice(0, 500);

/** Uses a pattern instead of a parser, because Step Functions truncates long causes. */
function messageIn(cause: string): string {
  const quoted = /"errorMessage"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(cause)?.[1];
  try {
    return quoted ? String(JSON.parse(quoted)) : cause;
  } catch {
    // Not JSON: use the whole text.
    return cause;
  }
}
