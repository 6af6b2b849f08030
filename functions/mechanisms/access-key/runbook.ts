// Deactivating an access key manually, where the gate hands the action over.
import { revokeKey } from '../../messaging/runbooks/credential.ts';
import type { ActionBooks } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  revoke_api_key: { 'access-key': revokeKey },
} as const satisfies ActionBooks;
