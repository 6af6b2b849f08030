// Connects the API Gateway key mechanism to AWS.
import { APIGateway } from '@aws-sdk/client-api-gateway';
import type { Connect } from '../connect.ts';
import { connected } from '../mechanism.ts';
import type { ConnectWorld } from '../world.ts';
import { disableKey } from './api-key.ts';
import { createWorld } from './world.ts';

export const connect: Connect = () => [connected(disableKey, { gateway: new APIGateway({}) })];

export const connectWorld: ConnectWorld = () => createWorld({ gateway: new APIGateway({}) });
