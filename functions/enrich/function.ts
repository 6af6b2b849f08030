// Reads the tags of a Lambda function, never its settings: they hold secrets.
import type { Lambda } from '@aws-sdk/client-lambda';
import type { Entity } from '../domain/alert.ts';
import { type FunctionFacts, unknown } from '../domain/facts.ts';
import { functionArn } from '../domain/place.ts';
import { type ReadDeps, readFact } from './read-fact.ts';

/** The Lambda API call that this step makes. */
export type FunctionTagsApi = Pick<Lambda, 'listTags'>;
type Deps = ReadDeps & { lambda: FunctionTagsApi };

/**
 * The function's tags. Lambda keeps tags per function, not per version.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListTags.html
 */
export async function functionFacts(deps: Deps, { value, place }: Entity): Promise<FunctionFacts> {
  const Resource = functionArn(place, value);
  const tags = await readFact(deps, `The tags of ${value}`, async (abortSignal) => {
    const { Tags = {} } = await deps.lambda.listTags({ Resource }, { abortSignal });
    return Tags;
  });
  return { tags };
}

/** Unknown facts for a function that is not read, with the reason. */
export const unreadFunction = (why: string): FunctionFacts => ({ tags: unknown(why) });
