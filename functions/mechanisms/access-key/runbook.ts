// Manual steps to deactivate an access key.
import { revokeKey } from '../../messaging/runbooks/credential.ts';
import type { ActionTemplates } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  revoke_api_key: { 'access-key': revokeKey },
} as const satisfies ActionTemplates;
