// Lambda entries of the scope `api-key`.
import { APIGateway } from '@aws-sdk/client-api-gateway';
import { deploy } from '../../execute/serve.ts';
import { connected } from '../mechanism.ts';
import { disableKey } from './api-key.ts';

export const { execute, reverse, mechanisms } = deploy('api-key', () => [
  connected(disableKey, { gateway: new APIGateway({}) }),
]);
