// Looks up who changed the resources of an alert, and reduces it to counts.
import type { Alert, Entity } from '../domain/alert.ts';
import { type Fact, known, unknown } from '../domain/facts.ts';
import {
  MAX_CHANGES,
  type ResourceChange,
  type ResourceChanges,
} from '../domain/resource-changes.ts';
import { minutesAfter } from '../domain/time.ts';
import {
  type ActivityDeps,
  callOf,
  eventsIn,
  firstOf,
  globalRegion,
  isWrite,
  nameOf,
  type TrailEvent,
} from './activity.ts';
import { oncePerMinute } from './once-per-minute.ts';
import { readFact } from './read-fact.ts';
import type { InTurn, SharedDeps } from './shared-activity.ts';

const HOURS = 24;
/** Of an alert: together with the keys and users, what CloudTrail answers within the time of the step. */
const MAX_LOOKED_UP = 2;

/** Looks up the first resources of an alert, each when it is its turn. Null for other entities. */
export function changesOfResources(
  deps: SharedDeps,
  { alertId, entities }: Alert,
  { incidentId, inTurn }: { incidentId: string; inTurn: InTurn },
) {
  const wanted = entities.filter(hasChanges);
  const why = `changes of only the first ${MAX_LOOKED_UP} resources are looked up`;
  return firstOf(deps.here, wanted, { most: MAX_LOOKED_UP, why }, (entity) =>
    inTurn(() =>
      oncePerMinute(deps, { incidentId, alertId, entity }, () => changesOf(deps, entity, entities)),
    ),
  );
}

export const hasChanges = (entity: Entity): boolean =>
  entity.part !== 'related' && resourceName(entity) !== null;

/** Absence proves nothing: events arrive up to 15 minutes late, and a call may name the resource in another form. */
async function changesOf(
  deps: ActivityDeps,
  entity: Entity,
  entities: readonly Entity[],
): Promise<Fact<ResourceChanges>> {
  const AttributeValue = resourceName(entity) ?? entity.value;
  const { region } = deps.here;
  const to = deps.now().toISOString();
  const from = minutesAfter(deps.now(), -HOURS * 60);
  const found = await readFact(deps, `The changes of ${entity.value}`, (abortSignal) =>
    eventsIn(
      deps.trailIn(entity.kind === 'iam-role' ? globalRegion(region) : region),
      abortSignal,
      {
        LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue }],
        StartTime: new Date(from),
        EndTime: new Date(to),
      },
    ),
  );
  if (!found.known) return found;
  const { events, isComplete } = found.value;
  const changes = reduced(events.filter(isWrite), entities);
  if (changes.length === 0)
    return unknown(
      isComplete
        ? `CloudTrail lists no change in ${HOURS} hours, but events arrive up to 15 minutes late`
        : `CloudTrail lists no change among the latest events of ${HOURS} hours; there are more`,
    );
  const others = Math.max(0, changes.length - MAX_CHANGES);
  return known({ from, to, isComplete, changes: changes.slice(0, MAX_CHANGES), others });
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
