// The description of a notification has its manual steps.
import type { ActionTemplates } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  send_analyst_notification: { alert: null },
} as const satisfies ActionTemplates;
