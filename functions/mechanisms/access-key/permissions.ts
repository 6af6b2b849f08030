// IAM permissions for deactivating access keys.
import { everyUser, neverOnProtectedUsers, type Permissions } from '../permissions.ts';

export const permissions: Permissions = (stack) => [
  {
    sid: 'ReadUsersAndTheirKeys',
    actions: ['iam:GetUser', 'iam:ListAccessKeys'],
    resources: [everyUser(stack)],
  },
  {
    sid: 'ChangeTheStatusOfKeys',
    actions: ['iam:UpdateAccessKey'],
    resources: [everyUser(stack)],
  },
  ...neverOnProtectedUsers(stack, 'iam:UpdateAccessKey'),
];
