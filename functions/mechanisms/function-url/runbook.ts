// The description of a function URL's change has its manual steps.
import type { ActionTemplates } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  disable_function_url: { function: null },
} as const satisfies ActionTemplates;
