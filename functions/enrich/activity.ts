// Looks up what a key or a user did in CloudTrail, and reduces it to counts.
import ipaddr from 'ipaddr.js';
import { Activity, isRoutine, isSensitive } from '../domain/activity.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import { type Fact, known, unknown } from '../domain/facts.ts';
import { minutesAfter } from '../domain/time.ts';
import { firstOf } from './first-of.ts';
import { type SharingDeps, sharedLookUp } from './shared-look-up.ts';
import {
  callOf,
  eventsOf,
  globalRegion,
  type InTurn,
  isWrite,
  nameOf,
  type TrailDeps,
  type TrailEvent,
  whyNone,
} from './trail-events.ts';

const DAY_MINUTES = 24 * 60;
/** Of an alert: the most that CloudTrail answers within the time of the step. */
const MAX_LOOKED_UP = 3;
/** CloudTrail is minutes late anyway. */
const SHARED = { answer: Activity, minutes: 5 };

/**
 * Looks up the keys and users of an alert that are in this account, one after another: CloudTrail limits the requests
 * of the account. The activity of an instance's or a role's session is that of its temporary key.
 */
export function activities(
  deps: TrailDeps & SharingDeps,
  { alertId, entities, firstSeenAt }: Alert,
  { incidentId, inTurn }: { incidentId: string; inTurn: InTurn },
) {
  const why = `only the first ${MAX_LOOKED_UP} keys and users are looked up`;
  const most = { most: MAX_LOOKED_UP, why };
  return firstOf(deps.here, entities.filter(hasActivity), most, (entity) =>
    inTurn(() => {
      const since = firstSeenAt ?? minutesAfter(deps.now(), -DAY_MINUTES);
      return sharedLookUp(deps, { incidentId, alertId, entity, since }, SHARED, () =>
        activityOf(deps, entity, { since: firstSeenAt, days: 1 }),
      );
    }),
  );
}

export const hasActivity = ({ kind, part }: Entity): boolean =>
  ['access-key', 'iam-user'].includes(kind) && part !== 'related';

/**
 * The activity of a key or a user in the last days, in the region of the stack and in that of IAM. Absence proves
 * nothing: events arrive up to 15 minutes late, and calls in other regions and reads of data are not listed.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export async function activityOf(
  deps: TrailDeps,
  entity: Entity,
  { since, days }: { since: string | null; days: number },
): Promise<Fact<Activity>> {
  const { kind, value } = entity;
  const AttributeKey = kind === 'access-key' ? 'AccessKeyId' : 'Username';
  const to = deps.now().toISOString();
  const from = minutesAfter(deps.now(), -days * DAY_MINUTES);
  const regions = [...new Set([deps.here.region, globalRegion(deps.here.region)])];
  const found = await eventsOf(
    deps,
    `The activity of ${value}`,
    regions.map((region) => ({
      trail: deps.trailIn(region),
      wanted: {
        LookupAttributes: [{ AttributeKey, AttributeValue: value }],
        StartTime: new Date(from),
        EndTime: new Date(to),
      },
      isAbout: (event) => kind === 'access-key' || isOfUser(entity, event),
    })),
  );
  if (!found.known) return found;
  const { isComplete } = found.value;
  const events = found.value.events.toSorted((a, b) => (a.eventTime < b.eventTime ? -1 : 1));
  if (events.length === 0) return unknown(whyNone('event', days * 24, isComplete));
  return known(reduced(events, { from, to, isComplete, since: since ?? from }));
}

/** CloudTrail lists sessions of roles under the names that their callers choose, which may be that of a user. */
const isOfUser = ({ value, place }: Entity, { userIdentity: by }: TrailEvent): boolean =>
  by?.type === 'IAMUser' && by.userName === value && by.accountId === place.account;

const MAX_CALLS = 12;

function reduced(
  events: readonly TrailEvent[],
  { since, ...window }: Pick<Activity, 'from' | 'to' | 'isComplete'> & { since: string },
): Activity {
  const byName = Map.groupBy(events, nameOf);
  const calls = [...byName]
    .map(([name, all]) => callOf(name, all))
    .toSorted((a, b) => weightOf(b, byName) - weightOf(a, byName));
  const changes = [...byName]
    .filter(([, all]) => all.some(isChange))
    .map(([name, all]) => ({ name, at: all.at(-1)?.eventTime ?? '' }))
    .toSorted((a, b) => rarity(b.name) - rarity(a.name) || (a.at < b.at ? 1 : -1))
    .map(({ name }) => name);
  const newness = (of: (event: TrailEvent) => string | null) => newnessIn(events, since, of);
  return {
    ...window,
    events: events.length,
    firstAt: events[0]?.eventTime ?? window.from,
    lastAt: events.at(-1)?.eventTime ?? window.to,
    calls: calls.slice(0, MAX_CALLS),
    otherCalls: Math.max(0, calls.length - MAX_CALLS),
    changes: changes.slice(0, MAX_CALLS),
    otherChanges: Math.max(0, changes.length - MAX_CALLS),
    networks: newness(networkOf),
    regions: newness(({ awsRegion }) => awsRegion),
    userAgents: newness(({ userAgent }) => userAgent?.slice(0, 256) || null),
  };
}

const weightOf = (
  { name, succeeded, failed }: Activity['calls'][number],
  byName: ReadonlyMap<string, readonly TrailEvent[]>,
): number => (byName.get(name)?.some(isChange) ? 10_000 + rarity(name) : 0) + succeeded + failed;

/** Workloads write to CloudWatch Logs and get sessions all day: an attacker could bury other changes under these. */
const rarity = (name: string): number => (/^(?:logs|sts):/.test(name) ? 0 : 10_000);

const isChange = (event: TrailEvent): boolean =>
  isSensitive(event.eventSource) &&
  event.errorCode === undefined &&
  isWrite(event) &&
  !isRoutine(event.eventName);

/** AWS services call under their names. In a VPC, the caller chooses the address, but not the endpoint. */
function networkOf({ sourceIPAddress = '', vpcEndpointId }: TrailEvent): string | null {
  if (vpcEndpointId !== undefined) return ENDPOINT.exec(vpcEndpointId)?.[0] ?? null;
  if (!ipaddr.isValid(sourceIPAddress)) return null;
  const address = ipaddr.process(sourceIPAddress);
  const bits = address.kind() === 'ipv4' ? 24 : 48;
  const network =
    address.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(`${address}/${bits}`)
      : ipaddr.IPv6.networkAddressFromCIDR(`${address}/${bits}`);
  return `${network}/${bits}`;
}

const ENDPOINT = /^vpce-[\da-f]{8,17}$/;

function newnessIn(
  events: readonly TrailEvent[],
  since: string,
  of: (event: TrailEvent) => string | null,
): Activity['networks'] {
  const values = (all: readonly TrailEvent[]) => new Set(all.flatMap((event) => of(event) ?? []));
  const before = values(events.filter(({ eventTime }) => eventTime < since));
  const after = values(events.filter(({ eventTime }) => eventTime >= since));
  return {
    appeared: [...after].filter((one) => !before.has(one)).slice(0, 5),
    before: before.size,
  };
}
