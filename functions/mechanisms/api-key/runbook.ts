// Manual steps to disable an API key.
import { disableApiKey } from '../../messaging/runbooks/credential.ts';
import type { ActionTemplates } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  revoke_api_key: { 'api-key': disableApiKey },
} as const satisfies ActionTemplates;
