// Reads whether the owner of a resource opted in to changes, by its tags.
import type { APIGateway } from '@aws-sdk/client-api-gateway';
import type { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import type { Entity } from '../domain/alert.ts';
import { type Fact, mapFact, unknown } from '../domain/facts.ts';
import { isOptedIn } from '../domain/opt-in.ts';
import { apiKeyArn, userPoolArn } from '../domain/place.ts';
import { type ReadDeps, readFact } from './read-fact.ts';
import type { Tags } from './tags.ts';

/** The API calls that this step makes. They return tags and nothing else. */
export type TagApis = {
  gateway: Pick<APIGateway, 'getTags'>;
  cognito: Pick<CognitoIdentityProvider, 'listTagsForResource'>;
};
type Deps = ReadDeps & TagApis;

/** Mechanisms refuse other IDs as well. */
const KEY_ID = /^[a-z0-9]{10}$/;
const POOL_ID = /^[\w-]{1,55}$/;

/**
 * Whether an API key or the user pool of a Cognito user carries the tag. Null for kinds that need none.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetTags.html
 */
export async function optInOf(deps: Deps, entity: Entity): Promise<Fact<boolean> | null> {
  const { kind, value, attributes, place } = entity;
  if (kind !== 'api-key' && kind !== 'cognito-user') return null;
  const id = kind === 'api-key' ? value : (attributes.userPoolId ?? '');
  if (!(kind === 'api-key' ? KEY_ID : POOL_ID).test(id)) return unknown(`the ID is not valid`);
  const tags = await readFact(deps, `The tags of ${id}`, async (abortSignal): Promise<Tags> => {
    const options = { abortSignal };
    if (kind === 'api-key') {
      const resourceArn = apiKeyArn(place, id);
      return (await deps.gateway.getTags({ resourceArn }, options)).tags ?? {};
    }
    const ResourceArn = userPoolArn(place, id);
    return (await deps.cognito.listTagsForResource({ ResourceArn }, options)).Tags ?? {};
  });
  return mapFact(tags, isOptedIn);
}
