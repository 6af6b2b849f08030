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

/** `byName`: AWS Config knows it by an ID that no finding has. */
type Resource = { type: ResourceType; name: string; byName?: true };

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
  `AWS Config lists no change in ${HOURS} hours, but it may record changes late or only daily`;

const weightOf = ({ opened, closed, effects, status }: ConfigChange): number =>
  opened.length > 0 || effects.length > 0 ? 2 : closed.length > 0 || status !== 'changed' ? 1 : 0;

const TYPES: Partial<Record<Entity['kind'], Omit<Resource, 'name'>>> = {
  instance: { type: 'AWS::EC2::Instance' },
  bucket: { type: 'AWS::S3::Bucket' },
  function: { type: 'AWS::Lambda::Function' },
  'iam-role': { type: 'AWS::IAM::Role', byName: true },
  'iam-user': { type: 'AWS::IAM::User', byName: true },
  database: { type: 'AWS::RDS::DBInstance', byName: true },
};

const groupNamed = (name: string): Resource => ({ type: 'AWS::EC2::SecurityGroup', name });

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

async function lookUp(deps: Looking, resource: Resource, from: string): Promise<Read> {
  const { name, type } = resource;
  const read = await readFact(
    deps,
    `The history of ${name}`,
    async (abortSignal): Promise<Read> => {
      try {
        const resourceId = await idOf(deps.api, resource, abortSignal);
        return resourceId === null
          ? UNRECORDED
          : known(await historyOf(deps.api, { type, resourceId, from }, abortSignal));
      } catch (error) {
        const reason = error instanceof Error && REASONS.get(error.name);
        if (reason) return reason;
        throw error;
      }
    },
  );
  return read.known ? read.value : read;
}

async function idOf(
  api: ConfigApi,
  { type, name, byName }: Resource,
  abortSignal: AbortSignal,
): Promise<string | null> {
  if (!byName) return name;
  const { resourceIdentifiers = [] } = await api.listDiscoveredResources(
    { resourceType: type, resourceName: name },
    { abortSignal },
  );
  return resourceIdentifiers[0]?.resourceId ?? null;
}

/**
 * The changes since `from`, each compared with the record before it.
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_GetResourceConfigHistory.html
 */
async function historyOf(
  api: ConfigApi,
  { type, resourceId, from }: { type: ResourceType; resourceId: string; from: string },
  abortSignal: AbortSignal,
) {
  // The latest first.
  const items: ConfigItem[] = [];
  let nextToken: string | undefined;
  let isComplete = false;
  for (let page = 0; page < MAX_PAGES && items.length < MAX_ITEMS; page++) {
    const answer = await api.getResourceConfigHistory(
      { resourceType: type, resourceId, limit: PER_PAGE, ...(nextToken && { nextToken }) },
      { abortSignal },
    );
    items.push(...(answer.configurationItems ?? []).map(itemOf));
    nextToken = answer.nextToken;
    // A first page without any says that nothing changed for days.
    isComplete = !nextToken || (items.at(-1)?.at ?? '') < from;
    if (isComplete) break;
  }
  const changes = items.flatMap((item, index) =>
    item.at < from ? [] : (changeBetween(items[index + 1] ?? null, item) ?? []),
  );
  return { changes, isComplete };
}
