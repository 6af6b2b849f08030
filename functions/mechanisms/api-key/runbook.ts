// Disabling an API key manually, where the gate hands the action over.
import { disableApiKey } from '../../messaging/runbooks/credential.ts';
import type { ActionBooks } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  revoke_api_key: { 'api-key': disableApiKey },
} as const satisfies ActionBooks;
