// What disabling Cognito users may do in AWS.
import { arnIn, every, type Permissions } from '../permissions.ts';

export const permissions: Permissions = (stack) => {
  const anyPool = arnIn(stack, 'cognito-idp', 'userpool/*');
  return [
    {
      sid: 'DisableSignOutAndEnableUsersOfPools',
      actions: [
        'cognito-idp:AdminGetUser',
        'cognito-idp:AdminDisableUser',
        'cognito-idp:AdminUserGlobalSignOut',
        'cognito-idp:AdminEnableUser',
      ],
      resources: [
        every(anyPool, 'Any pool may hold the user; pools tagged countermand=protected are denied'),
      ],
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
