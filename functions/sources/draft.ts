// Converts a draft of any product to an alert, with limits and defaults.
import { createHash } from 'node:crypto';
import { type Alert, type Entity, type FindingState, Reported } from '../domain/alert.ts';
import { worthOf } from '../domain/entity-worth.ts';
import { UNKNOWN } from '../domain/place.ts';
import { Instant } from '../domain/reference.ts';
import { type Attributes, type Collector, numbered } from './entities.ts';
import { located } from './entity-place.ts';
import { assignRoles } from './entity-roles.ts';
import { parseInstant, severityOf } from './fields.ts';
import { type Found, merged } from './read-evidence.ts';
import { nameFromArn } from './resource-kinds.ts';

type Maybe<T> = T | null | undefined;

/** A finding as its product's parser returns it, without limits and defaults. */
export type Draft = {
  source: Alert['source'];
  findingId: Maybe<string>;
  type: string;
  title: Maybe<string>;
  description: Maybe<string>;
  severity: Alert['severity'] | null;
  /** Candidates for the account, most trustworthy first. The last one is the envelope's account. */
  accounts: Maybe<string>[];
  regions: Maybe<string>[];
  times: {
    first: Maybe<string | number>;
    last: Maybe<string | number>;
    updated: Maybe<string | number>;
  };
  count: Maybe<number>;
  sample: boolean;
  state: FindingState;
  traffic: Alert['traffic'];
  collector: Collector;
  evidence: readonly Found[];
  /** Attributes of the whole finding: threat lists, processes, signals. */
  about: Attributes;
};

/** Treats a missing severity as medium: over-escalating is safer than missing an attack. */
const UNKNOWN_SEVERITY = severityOf(5);

/** The alert without its ID, which depends on earlier findings. `raw` is the finding as delivered. */
export function toAlert(draft: Draft, raw: unknown): Reported {
  const notes: string[] = [];
  const cut = (what: string, value: Maybe<string>, limit: number): string => {
    const text = value ?? '';
    if (text.length > limit) notes.push(`${what} was truncated to ${limit} characters`);
    return text.slice(0, limit);
  };
  const time = (what: string, value: Maybe<string | number>): string | null => {
    const read = parseInstant(value);
    if (value && !read) notes.push(`${what} is not a time: ${String(value).slice(0, 60)}`);
    if (read && typeof value === 'string' && !Instant.safeParse(value).success)
      notes.push(`${what} was given as ${value.slice(0, 60)} and read as ${read}`);
    return read;
  };
  const id = idOf(draft.findingId, raw);
  if (id !== draft.findingId)
    notes.push(`The finding's ID was missing or invalid, and was generated`);
  const account = accountIn(draft.accounts);
  const region = (draft.regions.find((one) => one) ?? UNKNOWN).slice(0, 32);
  if (account === UNKNOWN) notes.push('The finding names no 12-digit account');
  if (region === UNKNOWN) notes.push('The finding names no region');
  if (!draft.severity) notes.push('The severity could not be read; medium is assumed');
  draft.collector.add({
    kind: 'alert',
    value: id,
    part: 'related',
    path: '$',
    attributes: draft.about,
  });
  const assigned = assignRoles(draft.collector.found(), draft);
  const { entities, left } = numbered(
    located(assigned.entities, { account, region }),
    mentionsIn(draft.evidence),
  );
  notes.push(...assigned.notes, ...draft.collector.notes());
  if (left > 0) notes.push(`${left} more entities are not listed (limit reached)`);

  return Reported.parse({
    source: draft.source,
    findingId: id,
    type: cut('The type', draft.type, 256),
    title: cut('The title', draft.title || draft.type, 1024),
    description: cut('The description', draft.description, 4096),
    severity: draft.severity ?? UNKNOWN_SEVERITY,
    account,
    region,
    firstSeenAt: time('The first time', draft.times.first),
    lastSeenAt: time('The last time', draft.times.last),
    updatedAt: time('The time of the update', draft.times.updated),
    count: Math.max(1, Math.min(Math.trunc(draft.count ?? 1) || 1, Number.MAX_SAFE_INTEGER)),
    sample: draft.sample,
    archived: draft.state !== 'active' && draft.state !== 'passed',
    state: draft.state,
    traffic: { ...draft.traffic, protocol: draft.traffic.protocol?.slice(0, 32) ?? null },
    entities,
    evidence: evidenceOf(draft.evidence, entities),
    notes: notes.map((note) => note.slice(0, 512)).slice(0, 50),
  } satisfies Reported);
}

/**
 * The first valid candidate. The envelope's account counts only if the finding names none: the envelope may come from
 * an administrator's account.
 */
function accountIn(candidates: Draft['accounts']): string {
  const own = candidates.slice(0, -1).filter(Boolean);
  const usable = own.length > 0 ? own : candidates;
  return usable.find((one) => /^\d{12}$/.test(one ?? '')) ?? UNKNOWN;
}

const MAX_ID = 512;

/** The product's ID. A missing or too long ID is derived from the finding, so that the same finding keeps its ID. */
function idOf(given: Maybe<string>, raw: unknown): string {
  const id = given?.trim() ?? '';
  const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);
  if (id === '') return `content-${hashOf(JSON.stringify(raw))}`;
  return id.length > MAX_ID ? `${id.slice(0, MAX_ID - 33)}~${hashOf(id)}` : id;
}

/** How often the evidence names each entity. */
function mentionsIn(evidence: readonly Found[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of evidence.flatMap(({ about }) => about))
    counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const MAX_EVIDENCE = 120;
/** An alert and its event share one DynamoDB item. */
const MAX_EVIDENCE_BYTES = 60_000;

/** The evidence with references to the entities that it names. */
function evidenceOf(found: readonly Found[], entities: readonly Entity[]): Alert['evidence'] {
  let bytes = 0;
  return merged(found)
    .slice(0, MAX_EVIDENCE)
    .map(({ about, ...one }) => ({
      ...one,
      // Credentials first: a sequence names more addresses than fit.
      refs: entities
        .toSorted((a, b) => worthOf(a) - worthOf(b))
        .filter((entity) => about.some((name) => isNameOf(name, entity)))
        .map(({ ref }) => ref)
        .slice(0, 20),
    }))
    .filter((one) => {
      bytes += Buffer.byteLength(JSON.stringify(one));
      return bytes <= MAX_EVIDENCE_BYTES;
    });
}

/** By its value, or by an ARN that ends in it. */
const isNameOf = (name: string, { kind, value }: Entity): boolean =>
  kind !== 'alert' && (name === value || nameFromArn(kind, name) === value);
