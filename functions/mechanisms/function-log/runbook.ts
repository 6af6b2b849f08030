// The description of a function's log level has its manual steps.
import type { ActionTemplates } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  increase_logging_verbosity: { function: null },
} as const satisfies ActionTemplates;
