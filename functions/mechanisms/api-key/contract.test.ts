// The contract of disabling an API Gateway key, on stand-in and moto.
import { APIGateway } from '@aws-sdk/client-api-gateway';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import { contract, type Ground } from '../../../test/contract/mechanism-contract.ts';
import { partnerKey, subjectOn } from '../../../test/fixtures/case.ts';
import { type Moto, startMoto } from '../../../test/moto/moto-server.ts';
import { Denied } from '../../domain/errors.ts';
import { type ApiKeyApi, disableKey } from './api-key.ts';
import { type ApiKeys, createApiKeys, LOCAL_API_KEYS } from './stand-in.ts';

const subject = subjectOn(partnerKey);

/** The other writer renames the same key. */
function groundOn(
  gateway: ApiKeyApi,
  apiKey: string,
  deleteTarget: () => Promise<void>,
): Ground<{ gateway: ApiKeyApi }> {
  const patch = (path: string, value: string) =>
    gateway.updateApiKey({ apiKey, patchOperations: [{ op: 'replace', path, value }] });
  return {
    clients: (wrap) => ({ gateway: wrap(gateway) }),
    snapshot: async () => {
      const { name, description, enabled, stageKeys, tags } = await gateway.getApiKey({ apiKey });
      return { name, description, enabled, stageKeys, tags };
    },
    othersAdd: async () => void (await patch('/name', 'renamed by another person')),
    deleteTarget,
    othersUndo: async () => void (await patch('/enabled', 'true')),
  };
}

contract('api-key.disabled on the stand-in', {
  mechanism: disableKey,
  subject,
  setup: async () => {
    const file = inMemory(LOCAL_API_KEYS);
    return groundOn(createApiKeys(file), partnerKey.value, async () => file.write({}));
  },
  conflict: 'ConflictException',
});

const SECRET = 'wJalrXUtnFEMIexampleKEYbPxRfiCY';

describe('on moto', () => {
  let moto: Moto;
  let gateway: APIGateway;
  // The ID of the key is filled in once moto has created it.
  const inMoto = { ...subject };
  beforeAll(async () => {
    moto = await startMoto();
    gateway = new APIGateway(moto.clientConfig);
  });
  afterAll(async () => {
    gateway?.destroy();
    await moto?.stop();
  });

  contract('api-key.disabled on moto', {
    mechanism: disableKey,
    subject: inMoto,
    setup: async () => {
      const { id: value = '' } = await gateway.createApiKey({
        name: 'partner-shipping',
        enabled: true,
        tags: { countermand: 'allowed' },
      });
      inMoto.target = { ...partnerKey, value };
      return groundOn(gateway, value, async () => {
        await gateway.deleteApiKey({ apiKey: value });
      });
    },
    conflict: 'ConflictException',
  });
});

describe('an API key', () => {
  const spoken = (value: string) => ({
    ...{ value, name: 'partner', enabled: true, $metadata: {} },
    tags: { countermand: 'allowed' },
  });

  test('never requests the value of the key and never returns it', async () => {
    const asked: unknown[] = [];
    const talkative = {
      getApiKey: async (request: unknown) => {
        asked.push(request);
        return spoken(SECRET);
      },
      updateApiKey: async () => spoken(SECRET),
    } as unknown as ApiKeyApi;
    const driver = disableKey.connect({ gateway: talkative });
    const before = await driver.capture(subject);
    const all = [
      before,
      await driver.apply(subject, before),
      await driver.verify(subject, before),
      await driver.revert(subject, before),
      await driver.verifyReverted(subject, before),
    ];
    expect(JSON.stringify(all)).not.toContain(SECRET);
    expect(asked).toHaveLength(3);
    for (const request of asked)
      expect(request).toEqual({ apiKey: partnerKey.value, includeValue: false });
  });

  test.each([{}, { countermand: 'protected' }])(
    'throws Denied for a key with the tags %j',
    async (tags) => {
      const keys: ApiKeys = { [partnerKey.value]: { name: 'core', enabled: true, tags } };
      const driver = disableKey.connect({ gateway: createApiKeys(inMemory(keys)) });
      await expect(driver.capture(subject)).rejects.toThrow(Denied);
    },
  );
});
