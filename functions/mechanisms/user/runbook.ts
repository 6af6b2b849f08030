// Denying everything to an IAM user manually, where the gate hands the action over.
import { denyUser } from '../../messaging/runbooks/credential.ts';
import type { ActionBooks } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  disable_user_account_temporarily: { 'iam-user': denyUser },
} as const satisfies ActionBooks;
