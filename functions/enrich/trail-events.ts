// Reads events of CloudTrail, a few pages at a time.
import type { CloudTrail, Resource } from '@aws-sdk/client-cloudtrail';
import * as z from 'zod/mini';
import { type Activity, isWriteName } from '../domain/activity.ts';
import { type Fact, known } from '../domain/facts.ts';
import { jsonOf } from '../domain/json.ts';
import type { Place } from '../domain/place.ts';
import { type ReadDeps, readFact } from './read-fact.ts';

/** The CloudTrail API call that this step makes. */
export type TrailApi = Pick<CloudTrail, 'lookupEvents'>;

export type TrailDeps = ReadDeps & {
  trailIn: (region: string) => TrailApi;
  here: Place;
  now: () => Date;
};
/** Runs each read after the one before. */
export type InTurn = <T>(read: () => Promise<T>) => Promise<T>;

/** 50 events a page. CloudTrail answers two requests a second for the whole account. */
const MAX_PAGES = 3;

/** Who called. Callers choose the names of their sessions, which are not read. */
const Caller = z.object({
  type: z.optional(z.string()),
  accountId: z.optional(z.string()),
  userName: z.optional(z.string()),
  accessKeyId: z.optional(z.string()),
  sessionContext: z.optional(
    z.object({
      sessionIssuer: z.optional(
        z.object({
          type: z.optional(z.string()),
          userName: z.optional(z.string()),
          accountId: z.optional(z.string()),
        }),
      ),
    }),
  ),
});

export const TrailEvent = z.object({
  eventTime: z.iso.datetime(),
  eventSource: z.string().check(z.regex(/^[a-z\d.-]{2,64}\.amazonaws\.com$/)),
  eventName: z.string().check(z.regex(/^[A-Za-z\d]{2,64}$/)),
  awsRegion: z.string().check(z.regex(/^[a-z\d-]{4,25}$/)),
  errorCode: z.optional(z.string()),
  readOnly: z.optional(z.boolean()),
  sourceIPAddress: z.optional(z.string()),
  vpcEndpointId: z.optional(z.string()),
  userAgent: z.optional(z.string()),
  userIdentity: z.catch(z.optional(Caller), undefined),
});
export type TrailEvent = z.infer<typeof TrailEvent>;

/** If not complete, there are more events, or some could not be read. */
export type Listed = { events: TrailEvent[]; isComplete: boolean };
type Wanted = Parameters<TrailApi['lookupEvents']>[0];
type LookUp = {
  trail: TrailApi;
  wanted: Wanted;
  /** Whether the event is about what is wanted. */
  isAbout: (event: TrailEvent, resources: readonly Resource[]) => boolean;
};

/** What was read before a failure counts. Unknown, with the reason, if that is nothing. */
export async function eventsOf(
  deps: ReadDeps,
  subject: string,
  lookUps: readonly LookUp[],
): Promise<Fact<Listed>> {
  const events: TrailEvent[] = [];
  let isComplete = true;
  const done = await readFact(deps, subject, async (abortSignal) => {
    for (const { trail, wanted, isAbout } of lookUps) {
      const sawAll = await eachEvent(trail, wanted, abortSignal, (text, resources) => {
        const event = TrailEvent.safeParse(jsonOf(text));
        if (!event.success) isComplete = false;
        else if (isAbout(event.data, resources)) events.push(event.data);
      });
      if (!sawAll) isComplete = false;
    }
  });
  if (!done.known && events.length === 0) return done;
  return known({ events: [...events], isComplete: isComplete && done.known });
}

/** Whether these were all events. The latest come first. */
async function eachEvent(
  trail: TrailApi,
  wanted: Wanted,
  abortSignal: AbortSignal,
  take: (text: string | undefined, resources: readonly Resource[]) => void,
): Promise<boolean> {
  let NextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await trail.lookupEvents(
      { ...wanted, ...(NextToken && { NextToken }) },
      { abortSignal },
    );
    for (const { CloudTrailEvent, Resources = [] } of answer.Events ?? [])
      take(CloudTrailEvent, Resources);
    NextToken = answer.NextToken;
    if (!NextToken) return true;
  }
  return false;
}

/** Completes "unknown, because ...". Absence proves nothing. */
export const whyNone = (what: 'event' | 'change', hours: number, isComplete: boolean): string =>
  isComplete
    ? `CloudTrail lists no ${what} in ${hours} hours, but events arrive up to 15 minutes late`
    : `CloudTrail lists no ${what} among the events of ${hours} hours that were read; there are others`;

/** Where CloudTrail lists calls to IAM. */
export const globalRegion = (region: string): string => {
  if (region.startsWith('cn-')) return 'cn-north-1';
  return region.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
};

export const nameOf = ({ eventSource, eventName }: TrailEvent): string =>
  `${eventSource.slice(0, -'.amazonaws.com'.length)}:${eventName}`;

/** AWS's own codes. Any other text counts as an error without a name. */
const ERROR = /^[A-Za-z.\d]{2,64}$/;

export function callOf(name: string, all: readonly TrailEvent[]): Activity['calls'][number] {
  const errors = all.flatMap(({ errorCode }) => errorCode ?? []);
  const byError = [...Map.groupBy(errors, (one) => one)].toSorted(
    ([, a], [, b]) => b.length - a.length,
  );
  const error = byError[0]?.[0];
  const shown = error !== undefined && ERROR.test(error) ? error : 'an error';
  return {
    name,
    succeeded: all.length - errors.length,
    failed: errors.length,
    error: error === undefined ? null : shown,
  };
}

/** Without `readOnly`, as in old events, the name decides. */
export const isWrite = ({ eventName, readOnly }: TrailEvent): boolean =>
  readOnly === undefined ? isWriteName(eventName) : !readOnly;
