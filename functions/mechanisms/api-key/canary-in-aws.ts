// Creates the canary of the scope `api-key` in an account.
import { APIGateway } from '@aws-sdk/client-api-gateway';
import { OPT_IN } from '../../domain/opt-in.ts';
import type { CreateCanaries } from '../stand-in.ts';

export const createCanaries: CreateCanaries = async (clientOf) => {
  const { id = '' } = await clientOf(APIGateway).createApiKey({
    ...{ name: 'canary', enabled: true },
    tags: { [OPT_IN.key]: OPT_IN.value },
  });
  return [{ mechanisms: ['api-key.disabled'], kind: 'api-key', value: id }];
};
