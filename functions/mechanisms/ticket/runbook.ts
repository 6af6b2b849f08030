// The description of a ticket has its manual steps.
import type { ActionTemplates } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  create_alert_ticket: { alert: null },
} as const satisfies ActionTemplates;
