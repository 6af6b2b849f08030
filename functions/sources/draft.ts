// The last step to an alert: bounds, defaults and notes, the same for every product.
import { createHash } from 'node:crypto';
import { type Alert, Instant, Reported } from '../domain/alert.ts';
import { type Attributes, type Collector, numbered } from './entities.ts';
import { instant, severityOf } from './fields.ts';
import { judgeParts } from './sides.ts';

type Maybe<T> = T | null | undefined;

/** What a product's reader made of a finding: nothing is bounded or defaulted yet. */
export type Draft = {
  source: Alert['source'];
  findingId: Maybe<string>;
  type: string;
  title: Maybe<string>;
  description: Maybe<string>;
  severity: Alert['severity'] | null;
  /** Where the account may stand, the most trusted place first. */
  accounts: Maybe<string>[];
  regions: Maybe<string>[];
  times: {
    first: Maybe<string | number>;
    last: Maybe<string | number>;
    updated: Maybe<string | number>;
  };
  count: Maybe<number>;
  sample: boolean;
  archived: boolean;
  traffic: Alert['traffic'];
  collector: Collector;
  /** What the event says about the whole: threat lists, processes, signals. */
  about: Attributes;
};

/** A severity that is missing is not low: a person is rather asked once too often. */
const UNKNOWN_SEVERITY = severityOf(5);

/** The alert, without its id, which depends on what was seen before. `raw` is the finding as delivered. */
export function finish(draft: Draft, raw: unknown): Reported {
  const notes: string[] = [];
  const cut = (what: string, value: Maybe<string>, limit: number): string => {
    const text = value ?? '';
    if (text.length > limit) notes.push(`${what} was cut at ${limit} characters`);
    return text.slice(0, limit);
  };
  const time = (what: string, value: Maybe<string | number>): string | null => {
    const read = instant(value);
    if (value && !read) notes.push(`${what} is not a time: ${String(value).slice(0, 60)}`);
    if (read && typeof value === 'string' && !Instant.safeParse(value).success)
      notes.push(`${what} was written as ${value.slice(0, 60)} and read as ${read}`);
    return read;
  };
  const id = idOf(draft.findingId, raw);
  if (id !== draft.findingId) notes.push(`The finding's id was missing or unfit, and one was made`);
  const account = draft.accounts.find((one) => /^\d{12}$/.test(one ?? '')) ?? 'unknown';
  if (account === 'unknown') notes.push('The finding names no account of 12 digits');
  if (!draft.severity) notes.push('The severity could not be read and is taken as medium');
  draft.collector.add({
    kind: 'alert',
    value: id,
    part: 'related',
    path: '$',
    attributes: draft.about,
  });
  const judged = judgeParts(draft.collector.found(), draft);
  const { entities, left } = numbered(judged.entities);
  notes.push(...judged.notes, ...draft.collector.notes());
  if (left > 0) notes.push(`${left} further entities are not listed: there are too many`);

  return Reported.parse({
    source: draft.source,
    findingId: id,
    type: cut('The type', draft.type, 256),
    title: cut('The title', draft.title || draft.type, 1024),
    description: cut('The description', draft.description, 4096),
    severity: draft.severity ?? UNKNOWN_SEVERITY,
    account,
    region: (draft.regions.find((one) => one) ?? 'unknown').slice(0, 32),
    firstSeenAt: time('The first time', draft.times.first),
    lastSeenAt: time('The last time', draft.times.last),
    updatedAt: time('The time of the update', draft.times.updated),
    count: Math.max(1, Math.min(Math.trunc(draft.count ?? 1) || 1, Number.MAX_SAFE_INTEGER)),
    sample: draft.sample,
    archived: draft.archived,
    traffic: { ...draft.traffic, protocol: draft.traffic.protocol?.slice(0, 32) ?? null },
    entities,
    notes: notes.map((note) => note.slice(0, 512)).slice(0, 50),
  } satisfies Reported);
}

const MAX_ID = 512;

/** The product's id; where there is none, or one too long to keep, the same one for the same event. */
function idOf(given: Maybe<string>, raw: unknown): string {
  const id = given?.trim() ?? '';
  const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);
  if (id === '') return `content-${hashOf(JSON.stringify(raw))}`;
  return id.length > MAX_ID ? `${id.slice(0, MAX_ID - 33)}~${hashOf(id)}` : id;
}
