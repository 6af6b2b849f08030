// Collects the entities of an alert, with every path where each was found.

import type { Entity, EntityKind } from '../domain/alert.ts';
import { worthOf } from '../domain/entity-worth.ts';
import { canonicalAddress } from '../platform/ip-address.ts';
import { agree, joined, type OwnPlace, ownPlaceOf } from './entity-place.ts';

const PREFIX: Readonly<Record<EntityKind, string>> = {
  ip: 'ip',
  'access-key': 'key',
  'iam-user': 'user',
  'iam-role': 'role',
  'root-user': 'root',
  'cognito-user': 'cognito-user',
  'api-key': 'api-key',
  instance: 'instance',
  'network-interface': 'eni',
  function: 'function',
  bucket: 'bucket',
  database: 'database',
  cluster: 'cluster',
  workload: 'workload',
  domain: 'domain',
  'email-message': 'email',
  resource: 'resource',
  alert: 'alert',
};

/** The maximum of an alert, and a size that leaves room for its other fields in one DynamoDB item. */
const MAX_ENTITIES = 100;
const MAX_BYTES = 150_000;
const MAX_PLACES = 20;
const MAX_VALUE = 2048;
const MAX_PATH = 512;
const MAX_ATTRIBUTES = 40;
const MAX_NOTES = 20;

type Part = Entity['part'];
/** An entity without its number. `own` is the part of its place that the event names for the entity itself. */
export type Unnumbered = Omit<Entity, 'ref' | 'place'> & { own: OwnPlace };
/** An actor stays the actor, however often it is also mentioned in another role. */
const RANK: Readonly<Record<Part, number>> = { actor: 1, target: 2, related: 3 };

export type Attributes = Readonly<Record<string, string | number | null | undefined>>;
type Named = {
  kind: EntityKind;
  value: string | null | undefined;
  part: Part;
  path: string;
  attributes?: Attributes;
  /** The account or region that the event names for this entity, apart from its ARN. */
  place?: { account?: string | null | undefined; region?: string | null | undefined };
};
/** Marks an address of this account: never the attacker's, and never to be blocked. */
export const OWN_ADDRESS = { side: 'ours' };

export type Collector = ReturnType<typeof createCollector>;

/**
 * Keeps the order of the event, so that the same event always produces the same references. Entities of the same name
 * in different places are different entities.
 */
export function createCollector() {
  const found = new Map<string, Unnumbered[]>();
  const notes: string[] = [];
  const note = (text: string) => notes.length < MAX_NOTES && notes.push(text.slice(0, 512));

  function add({ kind, value: raw, part, path: where, attributes = {}, place = {} }: Named): void {
    const path = where.slice(0, MAX_PATH);
    const given = raw?.trim();
    if (!given) return;
    const value = kind === 'ip' ? canonicalAddress(given) : given.slice(0, MAX_VALUE);
    if (value === null) {
      note(`${path}: "${given.slice(0, 60)}" is not an address`);
      return;
    }
    const own = ownPlaceOf({ kind, value: given, attributes, place });
    const key = `${kind} ${value}`;
    const namesakes = found.get(key) ?? [];
    const known = namesakes.find((one) => agree(one.own, own));
    if (!known) {
      const entity = { kind, value, part, foundAt: [path], attributes: texts(attributes), own };
      found.set(key, [...namesakes, entity]);
      return;
    }
    known.own = joined(known.own, own);
    if (RANK[part] < RANK[known.part]) known.part = part;
    if (!known.foundAt.includes(path) && known.foundAt.length < MAX_PLACES)
      known.foundAt.push(path);
    known.attributes = texts({ ...attributes, ...known.attributes });
  }

  return {
    add,
    note,
    found: (): Unnumbered[] => [...found.values()].flat(),
    notes: (): readonly string[] => notes,
  };
}

export type Located = Omit<Entity, 'ref'>;

/**
 * The entities with their references: the alert first, actors before targets. `left` counts those over the limit:
 * addresses give way to credentials and targets, and those that `mentions` counts least often give way first.
 */
export function numbered(
  all: readonly Located[],
  mentions: ReadonlyMap<string, number> = new Map(),
): { entities: Entity[]; left: number } {
  const rank = ({ kind, part }: Located) => (kind === 'alert' ? 0 : RANK[part]);
  const worthMost = all.toSorted(
    (a, b) =>
      worthOf(a) - worthOf(b) || (mentions.get(b.value) ?? 0) - (mentions.get(a.value) ?? 0),
  );
  const within = new Set(withinBounds(worthMost));
  const kept = all.toSorted((a, b) => rank(a) - rank(b)).filter((one) => within.has(one));
  const counts = new Map<string, number>();
  const entities = kept.map((entity) => {
    const prefix = PREFIX[entity.kind];
    const number = (counts.get(prefix) ?? 0) + 1;
    counts.set(prefix, number);
    return { ref: `${prefix}-${number}`, ...entity };
  });
  return { entities, left: all.length - kept.length };
}

function withinBounds<E>(entities: readonly E[]): E[] {
  let bytes = 0;
  return entities.slice(0, MAX_ENTITIES).filter((one) => {
    bytes += Buffer.byteLength(JSON.stringify(one));
    return bytes <= MAX_BYTES;
  });
}

const texts = (attributes: Attributes): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([name, value]) => name && value !== null && value !== undefined && value !== '')
      .slice(0, MAX_ATTRIBUTES)
      .map(([name, value]) => [name.slice(0, 64), String(value).slice(0, 1024)]),
  );
