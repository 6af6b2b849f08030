// The stand-in of API Gateway keys. It keeps no values: nothing of ours has a use for one.
import type { ApiKeyApi } from '../../functions/mechanisms/api-key/api-key.ts';
import { awsFailure } from './failure.ts';
import type { StateFile } from './state-file.ts';

/** By the key's id. */
export type ApiKeys = Record<
  string,
  { name: string; enabled: boolean; tags: Record<string, string> }
>;

/** Which the samples name. */
export const LOCAL_API_KEYS: ApiKeys = {
  k4partner9: { name: 'partner-shipping', enabled: true, tags: {} },
};

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateApiKey.html */
export function createApiKeys(file: StateFile<ApiKeys>): ApiKeyApi {
  const find = (keys: ApiKeys, id = '') => {
    const key = keys[id];
    if (!key) throw awsFailure('NotFoundException', 404, 'Invalid API Key identifier specified');
    return key;
  };
  const shown = (keys: ApiKeys, id = '') => ({ id, ...find(keys, id), $metadata: {} });
  return {
    getApiKey: async ({ apiKey }: Parameters<ApiKeyApi['getApiKey']>[0]) =>
      shown(file.read(), apiKey),
    updateApiKey: async ({
      apiKey,
      patchOperations = [],
    }: Parameters<ApiKeyApi['updateApiKey']>[0]) => {
      const keys = file.read();
      const key = find(keys, apiKey);
      for (const { op, path, value } of patchOperations) {
        if (op === 'replace' && path === '/name') key.name = value ?? '';
        else if (op === 'replace' && path === '/enabled' && /^(true|false)$/.test(value ?? ''))
          key.enabled = value === 'true';
        else throw awsFailure('BadRequestException', 400, `Invalid patch ${op} ${path} ${value}`);
      }
      file.write(keys);
      return shown(keys, apiKey);
    },
  } as ApiKeyApi;
}
