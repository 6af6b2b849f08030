// Looks up who changed the resources of an alert, and reduces it to counts.
import type { Resource } from '@aws-sdk/client-cloudtrail';
import * as z from 'zod/mini';
import type { Alert, Entity } from '../domain/alert.ts';
import { type Fact, known, mapFact, unknown } from '../domain/facts.ts';
import { Instant } from '../domain/reference.ts';
import {
  MAX_CHANGES,
  type ResourceChange,
  type ResourceChanges,
} from '../domain/resource-changes.ts';
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
  TrailEvent,
  whyNone,
} from './trail-events.ts';

const HOURS = 24;
/** Of an alert: together with the keys and users, what CloudTrail answers within the time of the step. */
const MAX_LOOKED_UP = 2;

/** The write calls, without what their callers chose. Each alert looks for its own entities among the callers. */
const Written = z.strictObject({
  from: Instant,
  to: Instant,
  isComplete: z.boolean(),
  events: z.array(z.omit(TrailEvent, { userAgent: true, sourceIPAddress: true })),
});
type Written = z.infer<typeof Written>;
const SHARED = { answer: Written, minutes: 1 };

/** Looks up the first resources of an alert, each when it is its turn. Null for other entities. */
export function changesOfResources(
  deps: TrailDeps & SharingDeps,
  { alertId, entities }: Alert,
  { incidentId, inTurn }: { incidentId: string; inTurn: InTurn },
) {
  const why = `changes of only the first ${MAX_LOOKED_UP} resources are looked up`;
  const most = { most: MAX_LOOKED_UP, why };
  return firstOf(deps.here, entities.filter(hasChanges), most, (entity) =>
    inTurn(async () =>
      mapFact(
        await sharedLookUp(deps, { incidentId, alertId, entity, since: null }, SHARED, () =>
          writtenAbout(deps, entity),
        ),
        (written) => changesIn(written, entities),
      ),
    ),
  );
}

export const hasChanges = (entity: Entity): boolean =>
  entity.part !== 'related' && resourceName(entity) !== null;

/** Absence proves nothing: events arrive up to 15 minutes late, and a call may name the resource in another form. */
async function writtenAbout(deps: TrailDeps, entity: Entity): Promise<Fact<Written>> {
  const { kind, value } = entity;
  const AttributeValue = resourceName(entity) ?? value;
  const { region } = deps.here;
  const to = deps.now().toISOString();
  const from = minutesAfter(deps.now(), -HOURS * 60);
  const found = await eventsOf(deps, `The changes of ${value}`, [
    {
      trail: deps.trailIn(kind === 'iam-role' ? globalRegion(region) : region),
      wanted: {
        LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue }],
        StartTime: new Date(from),
        EndTime: new Date(to),
      },
      isAbout: (event, resources) => isWrite(event) && isOfKind(kind, AttributeValue, resources),
    },
  ]);
  if (!found.known) return found;
  const { events, isComplete } = found.value;
  return events.length === 0
    ? unknown(whyNone('change', HOURS, isComplete))
    : known(Written.parse({ from, to, isComplete, events }));
}

/** Names are unique only in a service: a bucket and a function may have the same. */
const SERVICES: Partial<Record<Entity['kind'], string>> = {
  bucket: 'AWS::S3::',
  function: 'AWS::Lambda::',
  'iam-role': 'AWS::IAM::',
  database: 'AWS::RDS::',
};

/** CloudTrail may leave out the type of a resource. */
function isOfKind(kind: Entity['kind'], name: string, resources: readonly Resource[]): boolean {
  const types = resources
    .filter(({ ResourceName }) => ResourceName === name)
    .map(({ ResourceType }) => ResourceType);
  const service = SERVICES[kind];
  return (
    !service ||
    types.length === 0 ||
    types.some((type) => type === undefined || type.startsWith(service))
  );
}

function changesIn({ events, ...written }: Written, entities: readonly Entity[]): ResourceChanges {
  const changes = reduced(events, entities);
  const others = Math.max(0, changes.length - MAX_CHANGES);
  return { ...written, changes: changes.slice(0, MAX_CHANGES), others };
}

/** The ID of a security group in an ID or an ARN; null for anything else. */
export const securityGroupIn = (value: string): string | null =>
  SECURITY_GROUP.exec(value)?.[1] ?? null;

const SECURITY_GROUP = /^(?:arn:[a-z-]+:ec2:[^:]*:\d*:security-group\/)?(sg-[\da-f]{8,17})$/;

/** The name that CloudTrail lists the resource under; null for kinds that are not looked up. */
function resourceName({ kind, value }: Entity): string | null {
  if (kind === 'resource') return securityGroupIn(value);
  return ['instance', 'bucket', 'function', 'iam-role', 'database'].includes(kind) ? value : null;
}

function reduced(events: readonly TrailEvent[], entities: readonly Entity[]): ResourceChange[] {
  const groups = Map.groupBy(events, (event) =>
    JSON.stringify([nameOf(event), callerIn(entities, event)]),
  );
  return [...groups.values()]
    .flatMap((all) => {
      const [one] = all;
      const times = all.map(({ eventTime }) => eventTime).toSorted();
      const [firstAt, lastAt] = [times[0], times.at(-1)];
      return one && firstAt && lastAt
        ? [{ ...callOf(nameOf(one), all), by: callerIn(entities, one), firstAt, lastAt }]
        : [];
    })
    .toSorted(
      (a, b) => Number(b.succeeded > 0) - Number(a.succeeded > 0) || (a.lastAt < b.lastAt ? 1 : -1),
    );
}

/** The identity of the alert that called. Names are compared within their account; sessions count as their role. */
function callerIn(entities: readonly Entity[], { userIdentity: by }: TrailEvent): string | null {
  const issuer = by?.sessionContext?.sessionIssuer;
  const called: Partial<Record<Entity['kind'], (entity: Entity) => boolean>> = {
    'access-key': ({ value }) => value === by?.accessKeyId,
    'iam-user': ({ value, place }) =>
      by?.type === 'IAMUser' && value === by.userName && place.account === by.accountId,
    'iam-role': ({ value, place }) =>
      issuer?.type === 'Role' && value === issuer.userName && place.account === issuer.accountId,
    'root-user': ({ place }) => by?.type === 'Root' && place.account === by.accountId,
  };
  return entities.find((entity) => called[entity.kind]?.(entity))?.ref ?? null;
}
