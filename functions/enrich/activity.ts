// Looks up what a key or a user did in CloudTrail, and reduces it to counts.
import type { CloudTrail } from '@aws-sdk/client-cloudtrail';
import ipaddr from 'ipaddr.js';
import * as z from 'zod/mini';
import { type Activity, isSensitive, isWriteName } from '../domain/activity.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import { type Fact, unknown } from '../domain/facts.ts';
import { jsonOf } from '../domain/json.ts';
import type { Place } from '../domain/place.ts';
import { whyElsewhere } from '../domain/target-place.ts';
import { minutesAfter } from '../domain/time.ts';
import { type ReadDeps, readFact } from './read-fact.ts';

/** The CloudTrail API call that this step makes. */
export type TrailApi = Pick<CloudTrail, 'lookupEvents'>;
export type ActivityDeps = ReadDeps & {
  trailIn: (region: string) => TrailApi;
  here: Place;
  now: () => Date;
};

const DAY_MINUTES = 24 * 60;
/** 50 events a page. CloudTrail answers two requests a second for the whole account. */
const MAX_PAGES = 3;
/** Of an alert: the most that CloudTrail answers within the time of the step. */
const MAX_LOOKED_UP = 3;

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

const Event = z.object({
  eventTime: z.iso.datetime(),
  eventSource: z.string().check(z.regex(/^[a-z\d.-]{2,64}\.amazonaws\.com$/)),
  eventName: z.string().check(z.regex(/^[A-Za-z\d]{2,64}$/)),
  awsRegion: z.string().check(z.regex(/^[a-z\d-]{4,25}$/)),
  errorCode: z.optional(z.string()),
  readOnly: z.optional(z.boolean()),
  sourceIPAddress: z.optional(z.string()),
  userAgent: z.optional(z.string()),
  userIdentity: z.catch(z.optional(Caller), undefined),
});
type Event = z.infer<typeof Event>;
export type TrailEvent = Event;

/**
 * The activity of a key or a user in the last days, in the region of the stack and in that of IAM. Absence proves
 * nothing: events arrive up to 15 minutes late, and calls in other regions and reads of data are not listed.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export async function activityOf(
  deps: ActivityDeps,
  { kind, value }: Entity,
  { since, days }: { since: string | null; days: number },
): Promise<Fact<Activity>> {
  const AttributeKey = kind === 'access-key' ? 'AccessKeyId' : 'Username';
  const to = deps.now().toISOString();
  const from = minutesAfter(deps.now(), -days * DAY_MINUTES);
  const found = await readFact(deps, `The activity of ${value}`, async (abortSignal) => {
    const pages: Page[] = [];
    for (const region of new Set([deps.here.region, globalRegion(deps.here.region)]))
      pages.push(
        await eventsIn(deps.trailIn(region), abortSignal, {
          LookupAttributes: [{ AttributeKey, AttributeValue: value }],
          StartTime: new Date(from),
          EndTime: new Date(to),
        }),
      );
    return pages;
  });
  if (!found.known) return found;
  const isComplete = found.value.every((one) => one.isComplete);
  const events = found.value
    .flatMap((one) => one.events)
    .toSorted((a, b) => (a.eventTime < b.eventTime ? -1 : 1));
  if (events.length === 0)
    return unknown(
      `CloudTrail lists no event in ${days * 24} hours, but events arrive up to 15 minutes late`,
    );
  return { known: true, value: reduced(events, { from, to, isComplete, since: since ?? from }) };
}

/**
 * Looks up the keys and users of an alert that are in this account, one after another: CloudTrail limits the requests
 * of the account. The activity of an instance's or a role's session is that of its temporary key.
 */
export function activities(
  { here }: Pick<ActivityDeps, 'here'>,
  { entities }: Alert,
  look: (entity: Entity) => Promise<Fact<Activity>>,
) {
  const wanted = entities.filter(hasActivity);
  const why = `only the first ${MAX_LOOKED_UP} keys and users are looked up`;
  return firstOf(here, wanted, { most: MAX_LOOKED_UP, why }, look);
}

export const hasActivity = ({ kind, part }: Entity): boolean =>
  ['access-key', 'iam-user'].includes(kind) && part !== 'related';

/** Looks up the first `most` of the entities. The others are unknown, for this reason. Null for other entities. */
export const firstOf =
  <T>(
    here: Place,
    wanted: readonly Entity[],
    { most, why }: { most: number; why: string },
    look: (entity: Entity) => Promise<Fact<T>>,
  ) =>
  async (entity: Entity): Promise<Fact<T> | null> => {
    const index = wanted.findIndex(({ ref }) => ref === entity.ref);
    if (index < 0) return null;
    const elsewhere = whyElsewhere(entity, here);
    if (elsewhere) return unknown(elsewhere);
    return index < most ? look(entity) : unknown(why);
  };

type Page = { events: Event[]; isComplete: boolean };

export async function eventsIn(
  trail: TrailApi,
  abortSignal: AbortSignal,
  wanted: Parameters<TrailApi['lookupEvents']>[0],
): Promise<Page> {
  const events: Event[] = [];
  let NextToken: string | undefined;
  let isReadable = true;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await trail.lookupEvents(
      { ...wanted, ...(NextToken && { NextToken }) },
      { abortSignal },
    );
    for (const { CloudTrailEvent } of answer.Events ?? []) {
      const event = Event.safeParse(jsonOf(CloudTrailEvent));
      if (event.success) events.push(event.data);
      else isReadable = false;
    }
    NextToken = answer.NextToken;
    if (!NextToken) return { events, isComplete: isReadable };
  }
  return { events, isComplete: false };
}

/** Where CloudTrail lists calls to IAM. */
export const globalRegion = (region: string): string => {
  if (region.startsWith('cn-')) return 'cn-north-1';
  return region.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
};

const MAX_CALLS = 12;

function reduced(
  events: readonly Event[],
  { since, ...window }: Pick<Activity, 'from' | 'to' | 'isComplete'> & { since: string },
): Activity {
  const byName = Map.groupBy(events, nameOf);
  const calls = [...byName]
    .map(([name, all]) => callOf(name, all))
    .toSorted((a, b) => weightOf(b, byName) - weightOf(a, byName));
  const changes = [...byName].filter(([, all]) => all.some(isChange)).map(([name]) => name);
  const newness = (of: (event: Event) => string | null) => newnessIn(events, since, of);
  return {
    ...window,
    events: events.length,
    firstAt: events[0]?.eventTime ?? window.from,
    lastAt: events.at(-1)?.eventTime ?? window.to,
    calls: calls.slice(0, MAX_CALLS),
    otherCalls: Math.max(0, calls.length - MAX_CALLS),
    changes: changes.slice(0, MAX_CALLS),
    networks: newness(networkOf),
    regions: newness(({ awsRegion }) => awsRegion),
    userAgents: newness(({ userAgent }) => userAgent?.slice(0, 256) || null),
  };
}

export const nameOf = ({ eventSource, eventName }: Event): string =>
  `${eventSource.slice(0, -'.amazonaws.com'.length)}:${eventName}`;

/** AWS's own codes. Any other text counts as an error without a name. */
const ERROR = /^[A-Za-z.\d]{2,64}$/;

export function callOf(name: string, all: readonly Event[]): Activity['calls'][number] {
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

const weightOf = (
  { name, succeeded, failed }: Activity['calls'][number],
  byName: ReadonlyMap<string, readonly Event[]>,
): number => (byName.get(name)?.some(isChange) ? 10_000 : 0) + succeeded + failed;

const isChange = (event: Event): boolean =>
  isSensitive(event.eventSource) && event.errorCode === undefined && isWrite(event);

/** Without `readOnly`, as in old events, the name decides. */
export const isWrite = ({ eventName, readOnly }: Event): boolean =>
  readOnly === undefined ? isWriteName(eventName) : !readOnly;

/** The network of a caller; AWS services call under their names. */
function networkOf({ sourceIPAddress = '' }: Event): string | null {
  if (!ipaddr.isValid(sourceIPAddress)) return null;
  const address = ipaddr.process(sourceIPAddress);
  const bits = address.kind() === 'ipv4' ? 24 : 48;
  const network =
    address.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(`${address}/${bits}`)
      : ipaddr.IPv6.networkAddressFromCIDR(`${address}/${bits}`);
  return `${network}/${bits}`;
}

function newnessIn(
  events: readonly Event[],
  since: string,
  of: (event: Event) => string | null,
): Activity['networks'] {
  const values = (all: readonly Event[]) => new Set(all.flatMap((event) => of(event) ?? []));
  const before = values(events.filter(({ eventTime }) => eventTime < since));
  const after = values(events.filter(({ eventTime }) => eventTime >= since));
  return {
    appeared: [...after].filter((one) => !before.has(one)).slice(0, 5),
    before: before.size,
  };
}
