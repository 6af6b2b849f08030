// The description of the action says what a person does.
import type { ActionBooks } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  disable_function_url: { function: null },
} as const satisfies ActionBooks;
