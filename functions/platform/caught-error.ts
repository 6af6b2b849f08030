// What a state machine caught, in the form in which its Catch hands it on.
import * as z from 'zod';

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
export const Caught = z.object({ Error: z.string(), Cause: z.string().optional() });
export type Caught = z.infer<typeof Caught>;

/** In words, at most 500 characters: the name, and of a function's report its message without the stack trace. */
export const causeText = ({ Error: name, Cause = '' }: Caught): string =>
  `${name}: ${messageIn(Cause)}`.slice(0, 500);

/** Looked for rather than parsed: Step Functions cuts long causes off. */
function messageIn(cause: string): string {
  const quoted = /"errorMessage"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(cause)?.[1];
  try {
    return quoted ? String(JSON.parse(quoted)) : cause;
  } catch {
    // Not JSON after all: then all of it is the message.
    return cause;
  }
}
