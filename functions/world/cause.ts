// Finds out from CloudTrail events who wrote a list.

import * as z from 'zod/mini';
import { jsonOf } from '../domain/json.ts';
import type { Written } from '../mechanisms/world.ts';

/** The parts of a CloudTrail event that identify the writer and the list. AWS sets all except the parameters. */
const TrailEvent = z.object({
  eventName: z.string(),
  eventTime: z.string(),
  /** The service that called on behalf of someone. A caller can't set it, unlike the user agent. */
  userIdentity: z.object({
    invokedBy: z.optional(z.string()),
    arn: z.optional(z.string()),
    sessionContext: z.optional(
      z.object({ sessionIssuer: z.optional(z.object({ userName: z.optional(z.string()) })) }),
    ),
  }),
  errorCode: z.optional(z.string()),
  requestParameters: z.nullable(z.record(z.string(), z.unknown())),
});
export type TrailEvent = z.infer<typeof TrailEvent>;

/** The event, or null if it has another shape. */
export const parseEvent = (text: string | undefined): TrailEvent | null =>
  TrailEvent.safeParse(jsonOf(text)).data ?? null;

const CLOUDFORMATION = 'cloudformation.amazonaws.com';

export type Cause = 'deployment' | 'other' | 'unknown';

/**
 * `deployment` only if CloudFormation wrote the list since `since`, and only CloudFormation and our own functions did.
 * `unknown` without an event: CloudTrail delivers events minutes late. Pure.
 */
export function causeOf(
  events: readonly TrailEvent[],
  { isWriteOf }: Written,
  { list, since, ownPrefix }: { list: string; since: string; ownPrefix: string },
): Cause {
  const writers = events
    .filter(({ eventTime }) => eventTime >= since.slice(0, 19))
    .filter(({ errorCode }) => errorCode === undefined)
    .filter(({ requestParameters }) => isWriteOf(requestParameters ?? {}, list))
    .map(({ userIdentity }) => writerOf(userIdentity, ownPrefix));
  if (writers.includes('other')) return 'other';
  return writers.includes('deployment') ? 'deployment' : 'unknown';
}

function writerOf(
  { invokedBy, sessionContext }: TrailEvent['userIdentity'],
  ownPrefix: string,
): 'deployment' | 'ours' | 'other' {
  if (invokedBy === CLOUDFORMATION) return 'deployment';
  const role = sessionContext?.sessionIssuer?.userName ?? '';
  return role.startsWith(ownPrefix) ? 'ours' : 'other';
}
