// Connects the Cognito mechanism to AWS.
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import type { Connect } from '../connect.ts';
import { connected } from '../mechanism.ts';
import type { ConnectWorld } from '../world.ts';
import { disableUser } from './cognito-user.ts';
import { createWorld } from './world.ts';

export const connect: Connect = () => [
  connected(disableUser, { cognito: new CognitoIdentityProvider({}) }),
];

export const connectWorld: ConnectWorld = () =>
  createWorld({ cognito: new CognitoIdentityProvider({}) });
