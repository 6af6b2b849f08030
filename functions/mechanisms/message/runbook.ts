// The description of the action says what a person does.
import type { ActionBooks } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  send_analyst_notification: { alert: null },
} as const satisfies ActionBooks;
