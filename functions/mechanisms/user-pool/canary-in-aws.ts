// Creates the canary of the scope `user-pool` in an account.
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { OPT_IN } from '../../domain/opt-in.ts';
import type { CreateCanaries } from '../stand-in.ts';

export const createCanaries: CreateCanaries = async (clientOf) => {
  const cognito = clientOf(CognitoIdentityProvider);
  const Username = 'canary-customer';
  const { UserPool } = await cognito.createUserPool({
    PoolName: 'canaries',
    UserPoolTags: { [OPT_IN.key]: OPT_IN.value },
  });
  const userPoolId = UserPool?.Id ?? '';
  await cognito.adminCreateUser({ UserPoolId: userPoolId, Username });
  return [
    {
      mechanisms: ['user-pool.disable-user'],
      kind: 'cognito-user',
      value: Username,
      parameters: { userPoolId },
    },
  ];
};
