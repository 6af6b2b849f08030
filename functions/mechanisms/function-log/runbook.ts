// Manual steps to raise the log level of a function.
import { raiseLogLevel } from '../../messaging/runbooks/logging.ts';
import type { ActionTemplates } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  increase_logging_verbosity: { function: raiseLogLevel },
} as const satisfies ActionTemplates;
