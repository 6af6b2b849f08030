// Creates the canary of the scope `api-key` in an account.
import { APIGateway } from '@aws-sdk/client-api-gateway';
import type { CreateCanaries } from '../stand-in.ts';

export const createCanaries: CreateCanaries = async (clientOf) => {
  const { id = '' } = await clientOf(APIGateway).createApiKey({ name: 'canary', enabled: true });
  return [{ mechanisms: ['api-key.disabled'], kind: 'api-key', value: id }];
};
