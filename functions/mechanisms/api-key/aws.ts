// Connects the API Gateway key mechanism to AWS.
import { APIGateway } from '@aws-sdk/client-api-gateway';
import type { Connect } from '../connect.ts';
import { connected } from '../mechanism.ts';
import { disableKey } from './api-key.ts';

export const connect: Connect = () => [connected(disableKey, { gateway: new APIGateway({}) })];
