// Looks up in AWS Config how the resources of an alert changed.
import type { ConfigService, ResourceType } from '@aws-sdk/client-config-service';
import type { Alert, Entity } from '../domain/alert.ts';
import { type ConfigChange, ConfigChanges, MAX_CONFIG_CHANGES } from '../domain/config-changes.ts';
import { type Fact, known, unknown } from '../domain/facts.ts';
import type { Place } from '../domain/place.ts';
import { minutesAfter } from '../domain/time.ts';
import { type ConfigItem, changeBetween, itemOf } from './config-items.ts';
import { firstOf } from './first-of.ts';
import { type ReadDeps, readFact } from './read-fact.ts';
import { securityGroupIn } from './resource-changes.ts';
import { type SharingDeps, sharedLookUp } from './shared-look-up.ts';

/** The AWS Config API calls that this step makes. */
export type ConfigApi = Pick<ConfigService, 'getResourceConfigHistory' | 'listDiscoveredResources'>;
export type ConfigDeps = ReadDeps &
  SharingDeps & {
    here: Place;
    /** Null unless policy turns the look-up on (`configHistory`). */
    awsConfig: ConfigApi | null;
  };

const HOURS = 24;
/** Of an alert. Each of them costs some calls. */
const MAX_LOOKED_UP = 2;
/** Of an instance. Most have one or two. */
const MAX_GROUPS = 3;
const PER_PAGE = 10;
/** Of one resource, in the time. */
const MAX_ITEMS = 50;
/** A page spans at most seven days. The record before a change may be months old. */
const MAX_PAGES = 12;

const SHARED = { answer: ConfigChanges, minutes: 1 };

/** `byName`: AWS Config knows it by an ID that no finding has. Of several types, one has the name. */
type Resource = { types: readonly ResourceType[]; name: string; byName?: true };

/** Looks up the first resources of an alert; of an instance, its security groups as well. Null for other entities. */
export function configChangesOf(deps: ConfigDeps, alert: Alert, incidentId: string) {
  const { alertId, entities } = alert;
  const { awsConfig: api } = deps;
  const wanted = entities.filter(hasConfigHistory);
  const why = `changes of only the first ${MAX_LOOKED_UP} resources are looked up`;
  return async (
    entity: Entity,
    groupsOf: Promise<readonly string[]>,
  ): Promise<Fact<ConfigChanges> | null> => {
    if (!api) return null;
    return firstOf(deps.here, wanted, { most: MAX_LOOKED_UP, why }, ({ kind, value }) =>
      sharedLookUp(
        deps,
        { incidentId, alertId, since: null, entity: { kind, value: `AWS Config ${value}` } },
        SHARED,
        async () => changesOf({ ...deps, api }, entity, await groupsOf),
      ),
    )(entity);
  };
}

export const hasConfigHistory = (entity: Entity): boolean =>
  entity.part !== 'related' && resourceOf(entity) !== null;

type Looking = ConfigDeps & { api: ConfigApi };
type Read = Fact<{ changes: Omit<ConfigChange, 'group'>[]; isComplete: boolean }>;

/** Absence proves nothing: records are minutes late, some types are recorded once a day, and some not at all. */
async function changesOf(
  deps: Looking,
  entity: Entity,
  groups: readonly string[],
): Promise<Fact<ConfigChanges>> {
  const to = deps.now().toISOString();
  const from = minutesAfter(deps.now(), -HOURS * 60);
  const own = resourceOf(entity);
  const wanted: { group: string | null; resource: Resource }[] = [
    ...(own ? [{ group: null, resource: own }] : []),
    ...groups.slice(0, MAX_GROUPS).map((group) => ({ group, resource: groupNamed(group) })),
  ];
  const read = await Promise.all(
    wanted.map(async ({ group, resource }) => ({
      group,
      found: await lookUp(deps, resource, from),
    })),
  );
  const all = read
    .flatMap(({ group, found }) =>
      found.known ? found.value.changes.map((one) => ({ ...one, group })) : [],
    )
    .toSorted((a, b) => weightOf(b) - weightOf(a) || (a.at < b.at ? 1 : -1));
  if (all.length === 0) return unknown(whyNone(read.map(({ found }) => found)));
  return known({
    ...{ from, to, changes: all.slice(0, MAX_CONFIG_CHANGES) },
    others: Math.max(0, all.length - MAX_CONFIG_CHANGES),
    isComplete:
      groups.length <= MAX_GROUPS &&
      read.every(({ found }) => found.known && found.value.isComplete),
  });
}

const whyNone = (read: readonly Read[]): string =>
  read.flatMap((one) => (one.known ? [] : one.why))[0] ??
  `AWS Config lists no change in ${HOURS} hours, but it may record late, only daily, or not now`;

const weightOf = ({ opened, closed, effects, status }: ConfigChange): number =>
  opened.length > 0 || effects.length > 0 ? 2 : closed.length > 0 || status !== 'changed' ? 1 : 0;

const TYPES: Partial<Record<Entity['kind'], Omit<Resource, 'name'>>> = {
  instance: { types: ['AWS::EC2::Instance'] },
  bucket: { types: ['AWS::S3::Bucket'] },
  function: { types: ['AWS::Lambda::Function'] },
  'iam-role': { types: ['AWS::IAM::Role'], byName: true },
  'iam-user': { types: ['AWS::IAM::User'], byName: true },
  // A finding names an instance, or an Aurora cluster.
  database: { types: ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster'], byName: true },
};

const groupNamed = (name: string): Resource => ({
  types: ['AWS::EC2::SecurityGroup'],
  name,
});

/** Null for kinds that are not looked up. */
function resourceOf({ kind, value }: Entity): Resource | null {
  const group = kind === 'resource' && securityGroupIn(value);
  if (group) return groupNamed(group);
  const type = TYPES[kind];
  return type ? { ...type, name: value } : null;
}

const UNRECORDED = unknown('AWS Config does not record this resource here');
/** Errors that say why AWS Config has no history. Their messages repeat names of resources. */
const REASONS = new Map([
  [
    'NoAvailableConfigurationRecorderException',
    unknown('AWS Config has no recorder in this region'),
  ],
  ['ResourceNotDiscoveredException', UNRECORDED],
]);

/** What was read before a failure counts. */
async function lookUp(deps: Looking, resource: Resource, from: string): Promise<Read> {
  const read: Items = { items: [], isComplete: false };
  const done = await readFact(
    deps,
    `The history of ${resource.name}`,
    async (abortSignal): Promise<Fact<null>> => {
      try {
        const found = await idOf(deps.api, resource, { from, abortSignal });
        if (found === null) return whyUnrecorded(resource, deps.here);
        await readHistory(deps.api, { ...found, from, abortSignal }, read);
        return known(null);
      } catch (error) {
        const reason = error instanceof Error && REASONS.get(error.name);
        if (reason) return reason;
        throw error;
      }
    },
  );
  const ended = done.known ? done.value : done;
  if (!ended.known && read.items.length === 0) return ended;
  return known({
    changes: changesSince(from, read.items),
    isComplete: ended.known && read.isComplete,
  });
}

/** Many accounts record IAM in one region only, and AWS Config can't record it in regions added since 2022. */
const whyUnrecorded = ({ types }: Resource, { region }: Place) =>
  types[0]?.startsWith('AWS::IAM::')
    ? unknown(
        `AWS Config lists no user or role of this name in ${region}; it may record IAM in another region`,
      )
    : UNRECORDED;

type Found = { type: ResourceType; resourceId: string; isOnly: boolean };

/** The resource that has the name now, or had it last. `isOnly`: whether no other one had it in the time. */
async function idOf(
  api: ConfigApi,
  { types, name, byName }: Resource,
  { from, abortSignal }: { from: string; abortSignal: AbortSignal },
): Promise<Found | null> {
  const [type] = types;
  if (!byName) return type ? { type, resourceId: name, isOnly: true } : null;
  const all: { type: ResourceType; resourceId: string; deletedAt: string | null }[] = [];
  let isWhole = true;
  for (const type of types) {
    const { resourceIdentifiers = [], nextToken } = await api.listDiscoveredResources(
      { resourceType: type, resourceName: name, includeDeletedResources: true },
      { abortSignal },
    );
    if (nextToken) isWhole = false;
    for (const { resourceId, resourceDeletionTime } of resourceIdentifiers)
      if (resourceId)
        all.push({ type, resourceId, deletedAt: resourceDeletionTime?.toISOString() ?? null });
    if (all.some(({ deletedAt }) => deletedAt === null)) break;
  }
  const ended = ({ deletedAt }: (typeof all)[number]) => deletedAt ?? '9999';
  const [last, ...others] = all.toSorted((a, b) => (ended(a) < ended(b) ? 1 : -1));
  return last ? { ...last, isOnly: isWhole && others.every((one) => ended(one) < from) } : null;
}

/** The latest first. */
type Items = { items: ConfigItem[]; isComplete: boolean };

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_GetResourceConfigHistory.html */
async function readHistory(
  api: ConfigApi,
  {
    type,
    resourceId,
    isOnly,
    from,
    abortSignal,
  }: Found & { from: string; abortSignal: AbortSignal },
  read: Items,
): Promise<void> {
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES && read.items.length < MAX_ITEMS; page++) {
    const answer = await api.getResourceConfigHistory(
      { resourceType: type, resourceId, limit: PER_PAGE, ...(nextToken && { nextToken }) },
      { abortSignal },
    );
    read.items.push(...(answer.configurationItems ?? []).map(itemOf));
    nextToken = answer.nextToken;
    // A first page without any says that nothing changed for days.
    const sawAll = !nextToken || (read.items.at(-1)?.at ?? '') < from;
    read.isComplete = sawAll && isOnly;
    if (sawAll) break;
  }
}

/** Each compared with the record before it. */
const changesSince = (from: string, items: readonly ConfigItem[]) =>
  items.flatMap((item, index) =>
    item.at < from ? [] : (changeBetween(items[index + 1] ?? null, item) ?? []),
  );
