// Lambda entries of the scope `user-pool`.
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { deploy } from '../../execute/serve.ts';
import { connected } from '../mechanism.ts';
import { disableUser } from './cognito-user.ts';

export const { execute, reverse, mechanisms } = deploy('user-pool', () => [
  connected(disableUser, { cognito: new CognitoIdentityProvider({}) }),
]);
