// The description of the action says what a person does.
import type { ActionBooks } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  increase_logging_verbosity: { function: null },
} as const satisfies ActionBooks;
