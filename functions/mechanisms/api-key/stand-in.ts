// Stand-in of API Gateway keys. It stores no key values.
import { OPT_IN } from '../../domain/opt-in.ts';
import type { TagApis } from '../../enrich/opt-in.ts';
import { connected } from '../mechanism.ts';
import type { StateFile } from '../stand-in.ts';
import { awsFailure, type StandIn } from '../stand-in.ts';
import type { ApiKeyApi } from './api-key.ts';
import { disableKey } from './api-key.ts';
import type { ApiKeyWorldApi } from './world.ts';

/** By key ID. */
export type ApiKeys = Record<
  string,
  { name: string; enabled: boolean; tags: Record<string, string> }
>;

/** The keys that the samples name. */
export const LOCAL_API_KEYS: ApiKeys = {
  k4partner9: { name: 'partner-shipping', enabled: true, tags: { [OPT_IN.key]: OPT_IN.value } },
};

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateApiKey.html */
export function createApiKeys(
  file: StateFile<ApiKeys>,
): ApiKeyApi & ApiKeyWorldApi & TagApis['gateway'] {
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
    getTags: async ({ resourceArn = '' }: Parameters<TagApis['gateway']['getTags']>[0]) => ({
      tags: find(file.read(), resourceArn.split('/').at(-1)).tags,
      $metadata: {},
    }),
    getApiKeys: async () => ({
      items: Object.entries(file.read()).map(([id, key]) => ({ id, ...key })),
      $metadata: {},
    }),
  } as ApiKeyApi & ApiKeyWorldApi & TagApis['gateway'];
}

export const standIn: StandIn = {
  connect: ({ state }) => [
    connected(disableKey, { gateway: createApiKeys(state<ApiKeys>('api-keys', LOCAL_API_KEYS)) }),
  ],
};
