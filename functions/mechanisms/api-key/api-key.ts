// revoke_api_key for API Gateway: disables the key. Its value is never read.

import type { APIGateway } from '@aws-sdk/client-api-gateway';
import * as z from 'zod/mini';
import type { Description } from '../../domain/action.ts';
import { Denied, NotFound } from '../../domain/errors.ts';
import type { Facts } from '../../domain/facts.ts';
import { isOptedIn, OPT_IN_TAG } from '../../domain/opt-in.ts';
import { apiKeyArn } from '../../domain/place.ts';
import { shellQuoted } from '../../domain/wording.ts';
import { aws } from '../../platform/aws-errors.ts';
import { earlierIncidents, undoneAfter } from '../affected.ts';
import { defineMechanism, type MechanismInfo, type Subject } from '../mechanism.ts';
import { onTarget } from '../target-gone.ts';

export type ApiKeyApi = Pick<APIGateway, 'getApiKey' | 'updateApiKey'>;
export type ApiKeyClients = { gateway: ApiKeyApi };

const Before = z.strictObject({ enabled: z.boolean() });
type Before = z.infer<typeof Before>;

/** A key ID has ten characters. A key's value, which is secret, has at least 20 and must not be accepted as an ID. */
const ApiKeyId = z.string().check(z.regex(/^[a-z0-9]{10}$/));

export const disableKeyInfo: MechanismInfo = {
  id: 'api-key.disabled',
  version: 1,
  action: 'revoke_api_key',
  scope: 'api-key',
  targetKinds: ['api-key'],
  /** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
  quota: '10 management requests per second in one account and region',
  effects: (_alert, { value }) => (ApiKeyId.safeParse(value).success ? [{}] : []),
  effectKey: ({ target }) => `api-key:${target.value}`,
  optIn: ({ value, place }) => ({
    resource: `the API key ${value}`,
    command: `aws apigateway tag-resource --region ${shellQuoted(place.region)} --resource-arn ${apiKeyArn(place, value)} --tags ${OPT_IN_TAG}`,
  }),
  describe,
};

export const disableKey = /* @__PURE__ */ defineMechanism<ApiKeyClients, Before>(disableKeyInfo, {
  before: Before,
  alreadyInPlace: ({ enabled }) => !enabled,
  connect,
});

function describe(subject: Subject, facts: Facts | null): Description {
  const { target, region } = subject;
  return {
    headline: `Disable the API Gateway key ${target.value}`,
    changes: [
      `Disable the API Gateway key ${target.value}, so that methods that require a key refuse requests with this one`,
    ],
    affected: [
      'Every client that calls with this key, in each of its usage plans',
      'Not affected: methods that require no key',
      ...earlierIncidents(subject, facts, 'key'),
    ],
    undo: `${undoneAfter('Enables the key again', subject)}. A leaked key must still be replaced: its owner receives the commands`,
    manualUndo: [
      `aws apigateway update-api-key --region ${shellQuoted(region)} --api-key ${shellQuoted(target.value)} --patch-operations op=replace,path=/enabled,value=true`,
    ],
  };
}

function connect({ gateway }: ApiKeyClients): ReturnType<typeof disableKey.connect> {
  const onKey = <T>(apiKey: string, what: string, call: () => Promise<T>): Promise<T> =>
    onTarget(`the API Gateway key ${apiKey}`, ['NotFoundException'], () =>
      aws(what, { apiKey }, call),
    );
  const read = async ({ target: { value: apiKey } }: Subject) => {
    const { enabled, tags } = await onKey(apiKey, 'reading the API key', () =>
      gateway.getApiKey({ apiKey, includeValue: false }),
    );
    if (enabled === undefined)
      throw new NotFound('API Gateway did not return whether the key is enabled', { apiKey });
    return { enabled, isAllowed: isOptedIn(tags ?? {}) };
  };
  const write = async ({ target: { value: apiKey } }: Subject, enabled: boolean): Promise<void> => {
    // The response may contain the key's value: don't return it.
    await onKey(apiKey, 'changing the API key', () =>
      gateway.updateApiKey({
        apiKey,
        patchOperations: [{ op: 'replace', path: '/enabled', value: String(enabled) }],
      }),
    );
  };
  const found = ({ target }: Subject, enabled: boolean) =>
    `${target.value} is ${enabled ? 'enabled' : 'disabled'}`;

  return {
    async capture(subject) {
      const { enabled, isAllowed } = await read(subject);
      if (!isAllowed)
        throw new Denied(
          `${subject.target.value} has no tag ${OPT_IN_TAG}; only a person may change it`,
          { apiKey: subject.target.value },
        );
      return { enabled };
    },
    apply: (subject) => write(subject, false),
    async verify(subject) {
      const { enabled } = await read(subject);
      return { holds: !enabled, found: found(subject, enabled) };
    },
    async revert(subject, { enabled }) {
      if (enabled) await write(subject, true);
    },
    async verifyReverted(subject, before) {
      const { enabled } = await read(subject);
      return { holds: enabled === before.enabled, found: found(subject, enabled) };
    },
  };
}
