// Manual steps to close a function URL.
import { closeFunctionUrl } from '../../messaging/runbooks/logging.ts';
import type { ActionTemplates } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  disable_function_url: { function: closeFunctionUrl },
} as const satisfies ActionTemplates;
