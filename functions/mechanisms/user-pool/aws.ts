// Connects the Cognito mechanism to AWS.
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import type { Connect } from '../connect.ts';
import { connected } from '../mechanism.ts';
import { disableUser } from './cognito-user.ts';

export const connect: Connect = () => [
  connected(disableUser, { cognito: new CognitoIdentityProvider({}) }),
];
