// IAM permissions for disabling Cognito users.
import { arnIn, every, optedIn, type Permissions } from '../permissions.ts';

export const permissions: Permissions = (stack) => {
  const users = every(
    arnIn(stack, 'cognito-idp', 'userpool/*'),
    'The user may be in any pool. Executors need the pool’s opt-in tag',
  );
  return [
    { sid: 'ReadUsersOfPools', actions: ['cognito-idp:AdminGetUser'], resources: [users] },
    {
      sid: 'DisableUsersOfPoolsWithTheTag',
      only: 'execute',
      actions: ['cognito-idp:AdminDisableUser', 'cognito-idp:AdminUserGlobalSignOut'],
      resources: [users],
      conditions: optedIn,
    },
    {
      sid: 'EnableUsersOfPools',
      only: 'reverse',
      actions: ['cognito-idp:AdminEnableUser'],
      resources: [users],
    },
  ];
};
