// The account and region of this stack.
import type { Env } from '../domain/env.ts';
import { type Place, UNKNOWN } from '../domain/place.ts';
import type { Policy } from './policy.ts';

/**
 * The account that policy names, and the region of the function. Lambda sets AWS_REGION; without it, the region is
 * unknown and no target counts as being here.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const stackPlace = ({ account }: Pick<Policy, 'account'>, env: Env): Place => ({
  account,
  region: env.AWS_REGION || UNKNOWN,
});
