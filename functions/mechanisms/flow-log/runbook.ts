// The description of a flow log has its manual steps.
import type { ActionTemplates } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  increase_logging_verbosity: { instance: null, 'network-interface': null },
} as const satisfies ActionTemplates;
