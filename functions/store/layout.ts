// The key of every kind of record, and the layout that an incident's ID names.

import type { Key } from './table.ts';

/** Kinds of records that belong to one incident. In layout 2, each kind has its own partition. */
export const INCIDENT_KINDS = {
  incident: 'INCIDENT',
  member: 'MEMBER',
  alert: 'ALERT',
  facts: 'FACTS',
  assessment: 'ASSESSMENT',
  decision: 'DECISION',
  action: 'ACTION',
  post: 'POST',
  note: 'NOTE',
} as const;
/** Kinds with one item in each partition. */
const SINGLE_KINDS = {
  finding: 'FINDING',
  correlation: 'CORRELATION',
  check: 'CHECK',
  effect: 'EFFECT',
  modelCalls: 'MODEL-CALLS',
  lookUp: 'ACTIVITY',
  policy: 'POLICY',
  lease: 'LEASE',
  limiter: 'LIMITER',
  pager: 'PAGER',
  bounce: 'BOUNCE',
  breaker: 'BREAKER',
  switch: 'SWITCH',
  world: 'WORLD',
} as const;
/** Kinds with several items in each partition. */
const SERIES_KINDS = {
  entityEvent: 'ENTITY',
  summary: 'SUMMARY',
  halt: 'HALT',
  resumption: 'RESUME',
  read: 'READ',
} as const;
/** Kinds whose items share one partition. */
const LISTED_KINDS = {
  listing: 'LIST',
  revision: 'REVISION',
  approver: 'APPROVERS',
  drill: 'DRILL',
  unfinishedDrill: 'DRILL-UNFINISHED',
} as const;

export type IncidentKind = keyof typeof INCIDENT_KINDS;
type SingleKind = keyof typeof SINGLE_KINDS;
type SeriesKind = keyof typeof SERIES_KINDS;
type ListedKind = keyof typeof LISTED_KINDS;
export type Kind = IncidentKind | SingleKind | SeriesKind | ListedKind;
/** Layout 1 keeps all records of an incident in one partition, so a role writes all of its kinds or none. */
export type Writable = Kind | 'layout1';

/** The partition keys of a kind, as `dynamodb:LeadingKeys` matches them. No two patterns match the same key. */
export const LEADING_KEYS: Readonly<Record<Writable, string>> = {
  ...patterns(INCIDENT_KINDS, (name) => `2/${name}#*`),
  ...patterns(SINGLE_KINDS, (name) => `${name}#*`),
  ...patterns(SERIES_KINDS, (name) => `${name}#*`),
  ...patterns(LISTED_KINDS, (name) => name),
  layout1: 'INCIDENT#*',
};

/** What the partition keys of a kind begin with. */
export const prefixOf = (kind: Writable): string => LEADING_KEYS[kind].replace(/\*$/, '');

function patterns<K extends string>(
  kinds: Readonly<Record<K, string>>,
  pattern: (name: string) => string,
): Record<K, string> {
  const entries = Object.entries<string>(kinds).map(([kind, name]) => [kind, pattern(name)]);
  return Object.fromEntries(entries);
}

export type Layout = 1 | 2;

/**
 * The layout of an incident's records. An incident ends in the layout in which it began: its records are never moved,
 * and no lookup decides where they are.
 */
export const layoutOf = (incidentId: string): Layout =>
  /^inc-2[0-9a-z]{16}$/.test(incidentId) ? 2 : 1;

/** The ID of the incident that an alert opens. */
export const incidentIdFor = (alertId: string, layout: Layout): string =>
  `inc-${layout === 2 ? '2' : ''}${alertId.slice('al-'.length)}`;

/**
 * `id` is the alert's or action's ID, a member's seat, a decision's digest, a post's key, or a note's time and ID. The
 * incident itself has none. Facts and notes are always written in layout 2, because `enrich` and `console` may write no
 * other partition; decisions are newer than layout 1.
 */
export const incidentKey = (kind: IncidentKind, incidentId: string, id?: string): Key =>
  keyIn(ALWAYS_2.includes(kind) ? 2 : layoutOf(incidentId), kind, incidentId, id);

const ALWAYS_2: readonly IncidentKind[] = ['facts', 'decision', 'note'];

/** Where versions before layout 2 wrote the facts of an incident; null in layout 2. */
export const earlierFactsKey = (incidentId: string, alertId: string): Key | null =>
  layoutOf(incidentId) === 1 ? keyIn(1, 'facts', incidentId, alertId) : null;

function keyIn(layout: Layout, kind: IncidentKind, incidentId: string, id?: string): Key {
  const name = INCIDENT_KINDS[kind];
  return layout === 2
    ? { pk: `2/${name}#${incidentId}`, sk: id ?? name }
    : { pk: `INCIDENT#${incidentId}`, sk: id === undefined ? name : `${name}#${id}` };
}

/** The partition of an incident's records of a kind, and the prefix of their sort keys. */
export function incidentPartition(kind: IncidentKind, incidentId: string) {
  const { pk, sk } = incidentKey(kind, incidentId, '');
  return { pk, prefix: sk };
}

export const singleKey = (kind: SingleKind, id: string): Key => ({
  pk: `${SINGLE_KINDS[kind]}#${id}`,
  sk: SINGLE_KINDS[kind],
});
export const seriesPartition = (kind: SeriesKind, id: string): string =>
  `${SERIES_KINDS[kind]}#${id}`;
export const listedPartition = (kind: ListedKind): string => LISTED_KINDS[kind];

/** A kind of record, and the IDs in its key. */
export type Located = { kind: Kind; incidentId: string | null; id: string };

/**
 * What a key holds, or null if Countermand writes no such key. An index returns every item that carries its attributes:
 * the base key alone tells what an item may be.
 */
export function locate(key: Key): Located | null {
  return ofIncident(key) ?? ofItsOwn(key);
}

function ofIncident({ pk, sk }: Key): Located | null {
  const [partition = '', incidentId = ''] = pk.split('#');
  const isSecond = pk.startsWith('2/');
  const name = isSecond ? partition.slice('2/'.length) : (sk.split('#', 1)[0] ?? '');
  const kind = keysOf(INCIDENT_KINDS).find((one) => INCIDENT_KINDS[one] === name);
  if (!kind) return null;
  const id = kind === 'incident' ? undefined : isSecond ? sk : sk.slice(name.length + 1);
  const earlier = kind === 'facts' ? earlierFactsKey(incidentId, id ?? '') : null;
  const places = [incidentKey(kind, incidentId, id), ...(earlier ? [earlier] : [])];
  return places.some((one) => one.pk === pk && one.sk === sk)
    ? { kind, incidentId, id: id ?? incidentId }
    : null;
}

function ofItsOwn({ pk, sk }: Key): Located | null {
  const [name = ''] = pk.split('#', 1);
  const id = pk.slice(name.length + 1);
  const named = <K extends Kind>(kinds: Readonly<Record<K, string>>) =>
    keysOf(kinds).find((one) => kinds[one] === name);
  const single = named(SINGLE_KINDS);
  if (single) return sk === name ? { kind: single, incidentId: null, id } : null;
  const series = named(SERIES_KINDS);
  if (series) return { kind: series, incidentId: null, id };
  const listed = named(LISTED_KINDS);
  return listed && pk === name ? { kind: listed, incidentId: null, id: sk } : null;
}

type Ids = Readonly<Record<string, unknown>>;

/** Whether the record's own IDs are those of its key. A genuine record under another key would answer for that one. */
export function isInPlace({ kind, incidentId, id }: Located, record: Ids): boolean {
  if (kind === 'incident') return record.incidentId === incidentId;
  if (kind === 'member') return record.incidentId === incidentId && record.seat === Number(id);
  if (kind === 'action') return record.incidentId === incidentId && record.actionId === id;
  return kind !== 'alert' || record.alertId === id;
}

const keysOf = <K extends string>(record: Readonly<Record<K, unknown>>): K[] =>
  Object.keys(record) as K[];
