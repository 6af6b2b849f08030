// Reads the API Gateway keys that actions hold disabled, for the world check.
import type { APIGateway } from '@aws-sdk/client-api-gateway';
import { aws } from '../../platform/aws-errors.ts';
import { createHeldReader } from '../held-changes.ts';
import type { Permissions } from '../permissions.ts';
import type { Entry, WorldReader, Written } from '../world.ts';
import { disableKeyInfo } from './api-key.ts';

export type ApiKeyWorldApi = Pick<APIGateway, 'getApiKeys'>;

export const worldPermissions: Permissions = ({ partition, region }) => [
  {
    sid: 'ListApiKeys',
    actions: ['apigateway:GET'],
    resources: [`arn:${partition}:apigateway:${region}::/apikeys`],
  },
];

/** CloudFormation enables a key of a template when it updates the key. */
export const written: Written = {
  eventNames: ['UpdateApiKey'],
  regionOf: () => null,
  isWriteOf: ({ apiKey }, list) => apiKey === list,
};

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKeys.html */
const KEYS_PER_PAGE = 500;

export function createWorld({ gateway }: { gateway: ApiKeyWorldApi }): WorldReader {
  return createHeldReader({
    scope: 'api-key',
    mechanism: disableKeyInfo.id,
    written,
    entryOf: ({ target }) => disabled(target.value),
    async undone() {
      const enabled: string[] = [];
      let position: string | undefined;
      do {
        const page = await aws('reading the API keys', {}, () =>
          gateway.getApiKeys({
            limit: KEYS_PER_PAGE,
            includeValues: false,
            ...(position && { position }),
          }),
        );
        for (const key of page.items ?? [])
          if (key.enabled && key.id) enabled.push(disabled(key.id).id);
        position = page.position;
      } while (position);
      return enabled;
    },
  });
}

const disabled = (keyId: string): Entry => ({
  id: `api-key:${keyId}`,
  list: keyId,
  text: `the API Gateway key ${keyId} as disabled`,
});
