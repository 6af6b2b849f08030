// What AWS says of a Lambda function right now: its tags, which may protect it. Its settings hold secrets, and are not read.
import type { Lambda } from '@aws-sdk/client-lambda';
import type { Entity } from '../domain/alert.ts';
import { type FunctionFacts, unknown } from '../domain/facts.ts';
import { type LookDeps, look } from './look.ts';

/** The one call that we make; a stand-in implements the same. */
export type FunctionTagsApi = Pick<Lambda, 'listTags'>;
type Deps = LookDeps & { lambda: FunctionTagsApi };

/**
 * Tags are those of the function, whichever version the alert saw.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListTags.html
 */
export async function functionFacts(
  deps: Deps,
  { value }: Entity,
  { account, region }: { account: string; region: string },
): Promise<FunctionFacts> {
  const partition = partitionOf(region);
  const Resource = `arn:${partition}:lambda:${region}:${account}:function:${value}`;
  const tags = await look(deps, `The tags of ${value}`, async (abortSignal) => {
    const { Tags = {} } = await deps.lambda.listTags({ Resource }, { abortSignal });
    return Tags;
  });
  return { tags };
}

/** For what is not in this account, or too much. */
export const unreadFunction = (why: string): FunctionFacts => ({ tags: unknown(why) });

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
