// The last step to an alert: bounds, defaults and notes, the same for every product.
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { Alert } from '../domain/alert.ts';
import type { Collector } from './entities.ts';
import { instant, severityOf } from './read.ts';

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
  notes: string[];
};

/** A severity that is missing is not low: a person is rather asked once too often. */
const UNKNOWN_SEVERITY = severityOf(5);

/** The alert, without its id, which depends on what was seen before. `raw` is the finding as delivered. */
export function finish(draft: Draft, raw: unknown): Omit<Alert, 'alertId'> {
  const notes = [...draft.notes];
  const cut = (what: string, value: Maybe<string>, limit: number): string => {
    const text = value ?? '';
    if (text.length > limit) notes.push(`${what} was cut at ${limit} characters`);
    return text.slice(0, limit);
  };
  const time = (what: string, value: Maybe<string | number>): string | null => {
    const read = instant(value);
    if (value && !read) notes.push(`${what} is not a time: ${String(value).slice(0, 60)}`);
    return read;
  };
  const contentHash = createHash('sha256')
    .update(canonicalize(raw) ?? '')
    .digest('hex');
  const findingId = draft.findingId || `content-${contentHash.slice(0, 32)}`;
  if (!draft.findingId) notes.push('The finding has no id; one was derived from its content');
  const account = draft.accounts.find((one) => /^\d{12}$/.test(one ?? '')) ?? 'unknown';
  if (account === 'unknown') notes.push('The finding names no account of 12 digits');
  if (!draft.severity) notes.push('The severity could not be read and is taken as medium');
  const id = cut('The id', findingId, 512);
  draft.collector.add({ kind: 'alert', value: id, part: 'related', path: '$' });

  return Alert.omit({ alertId: true }).parse({
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
    entities: draft.collector.entities(),
    notes: [...notes, ...draft.collector.notes()].map((note) => note.slice(0, 512)).slice(0, 50),
  } satisfies Omit<Alert, 'alertId'>);
}
