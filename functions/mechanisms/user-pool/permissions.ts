// IAM permissions for disabling Cognito users.
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
        every(
          anyPool,
          'The user may be in any pool; pools tagged countermand=protected are denied',
        ),
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
