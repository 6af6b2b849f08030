// Manual steps to create a flow log.
import { recordFlows } from '../../messaging/runbooks/logging.ts';
import type { ActionTemplates } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  increase_logging_verbosity: { instance: recordFlows, 'network-interface': recordFlows },
} as const satisfies ActionTemplates;
