// Manual steps to deny everything to an IAM user.
import { denyUser } from '../../messaging/runbooks/credential.ts';
import type { ActionTemplates } from '../../messaging/runbooks/template.ts';

export const runbooks = {
  disable_user_account_temporarily: { 'iam-user': denyUser },
} as const satisfies ActionTemplates;
