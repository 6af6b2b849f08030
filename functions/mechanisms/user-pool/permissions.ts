// IAM permissions for disabling Cognito users.
import { arnIn, every, type Permissions } from '../permissions.ts';

export const permissions: Permissions = (stack) => {
  const anyPool = arnIn(stack, 'cognito-idp', 'userpool/*');
  const users = every(
    anyPool,
    'The user may be in any pool; pools tagged countermand=protected are denied',
  );
  return [
    { sid: 'ReadUsersOfPools', actions: ['cognito-idp:AdminGetUser'], resources: [users] },
    {
      sid: 'DisableUsersOfPools',
      only: 'execute',
      actions: ['cognito-idp:AdminDisableUser', 'cognito-idp:AdminUserGlobalSignOut'],
      resources: [users],
    },
    {
      sid: 'EnableUsersOfPools',
      only: 'reverse',
      actions: ['cognito-idp:AdminEnableUser'],
      resources: [users],
    },
    {
      sid: 'NeverInAPoolTaggedAsProtected',
      effect: 'deny',
      actions: ['cognito-idp:AdminDisableUser', 'cognito-idp:AdminUserGlobalSignOut'],
      resources: [anyPool],
      conditions: { StringEqualsIgnoreCase: { 'aws:ResourceTag/countermand': 'protected' } },
    },
  ];
};
