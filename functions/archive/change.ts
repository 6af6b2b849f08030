// Finds changes to a record that Countermand itself never makes.
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { Action, HistoryEntry } from '../domain/action.ts';
import { InvalidInput } from '../domain/errors.ts';
import { readStored } from '../domain/stored.ts';
import { indexKeys } from '../store/due.ts';
import { chainFault, digestOf } from '../store/hash-chain.ts';
import { isInPlace, type Kind, type Located, locate } from '../store/layout.ts';
import { attentionKeys } from '../store/sweep-index.ts';
import type { Key } from '../store/table.ts';
import { faultsOfAction } from './action-faults.ts';
import { descriptionFaults, removalsIn } from './append-only.ts';

/** A stored DynamoDB item. */
export type Item = Readonly<Record<string, unknown>>;
export type Images = { before: Item | null; after: Item | null };

/** The fields that incidents, actions and the breaker share. */
const Chained = z.looseObject({ history: z.array(HistoryEntry), version: z.int() });
type Chained = z.infer<typeof Chained>;

/** Fields that never change after the first write. */
const FIXED = [
  'actionId',
  'incidentId',
  'alertId',
  'account',
  'region',
  'recommendation',
  'digest',
  'inputs',
  'createdAt',
  'openedAt',
  'seat',
  'receivedAt',
  'causedBy',
  'generation',
] as const;

/** Fields that only change together with a new history entry. */
const RECORDED = [
  'status',
  'disposition',
  'reasons',
  'before',
  'evidence',
  'orders',
  'ruling',
  'appliedAt',
  'dueAt',
  'extensions',
  'reviewAt',
  'failure',
  'scope',
  'target',
  'description',
  'considered',
  'approval',
  'judgement',
  'askedAnew',
  'outcome',
  'summary',
  'closedAt',
  'alerts',
  'tripped',
] as const;

/**
 * The faults of a write, in words; empty for a legal one. A role with write access can add a well-formed entry
 * undetected, but can't remove or change an existing one.
 */
export function faultsIn(key: Key, { before, after }: Images): string[] {
  const located = locate(key);
  if (!located) return ['Countermand writes no record under this key'];
  if (!after) return isExpired(located, before) ? [] : ['the record was deleted'];
  switch (located.kind) {
    case 'incident':
    case 'member':
    case 'action':
    case 'breaker':
      return faultsOfChained(located, key, { before, after });
    case 'lease':
      return faultsOfLease(before, after);
    case 'decision':
    case 'policy':
      return digestOf(after.record) === located.id
        ? []
        : ['the content does not match the digest in its key'];
    case 'halt':
    case 'resumption':
    case 'read':
      return before ? ['the entry was overwritten'] : [];
    // Only people write the kill switch of earlier versions. Evidence may be written again.
    default:
      return [];
  }
}

/** DynamoDB deletes an ended lease after a day. */
const isExpired = ({ kind }: Located, before: Item | null): boolean =>
  kind === 'lease' && typeof before?.expiresAt === 'number';

function faultsOfChained(
  located: Located,
  key: Key,
  { before, after }: Images & { after: Item },
): string[] {
  const { kind } = located;
  const was = before && read(Chained, contentOf(kind, before));
  const now = read(Chained, contentOf(kind, after));
  if (now instanceof InvalidInput) return [`the record cannot be read: ${now.message}`];
  const from = was instanceof InvalidInput ? null : was;
  const broken = chainFault(anchorIn(kind, now), now.history);
  return [
    ...(broken ? [`the history is broken: ${broken}`] : []),
    ...placeFaults(located, key, after, now),
    ...(from
      ? faultsBetween(from, now)
      : before
        ? []
        : faultsOfFirst(now.version, now.history.length)),
    ...(kind === 'action' ? actionFaults(from, now) : []),
  ];
}

/**
 * A record that begins with a later version was deleted and put back. Several entries may come with the first write.
 */
const faultsOfFirst = (version: number, entries = 1): string[] =>
  version <= Math.max(entries, 1) ? [] : [`the first version is ${version}`];

function placeFaults(located: Located, key: Key, item: Item, record: Chained): string[] {
  if (!isInPlace(located, record)) return ['the record belongs under another key'];
  return isListed(located.kind, key, item, record)
    ? []
    : ['the index keys do not match the record'];
}

function actionFaults(was: Chained | null, now: Chained): string[] {
  const action = read(Action, now);
  return action instanceof InvalidInput
    ? [`the record cannot be read: ${action.message}`]
    : faultsOfAction(was, action);
}

/** A lease has no history: its versions rise, and a captured state stays until the lease ends. */
function faultsOfLease(before: Item | null, after: Item): string[] {
  const was = Held.safeParse(before).data;
  const now = Held.safeParse(after).data;
  if (!now) return ['the record cannot be read'];
  if (!was) return before ? [] : faultsOfFirst(now.version);
  const recaptured =
    was.captured && now.captured && !isDeepStrictEqual(was.before ?? null, now.before ?? null);
  return [...versionFaults(was, now), ...(recaptured ? ['the captured state was changed'] : [])];
}
const Held = z.looseObject({ captured: z.boolean(), before: z.unknown(), version: z.int() });

const versionFaults = (was: { version: number }, now: { version: number }): string[] =>
  now.version > was.version ? [] : [`the version went from ${was.version} to ${now.version}`];

/** The parsed value, including fields that a newer version added; or the error. */
export function read<S extends z.ZodMiniType>(
  schema: S,
  value: unknown,
): z.infer<S> | InvalidInput {
  try {
    return readStored(schema, value, { what: 'record' });
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
}

const contentOf = (kind: Kind, item: Item): unknown => (kind === 'breaker' ? item : item.record);

function anchorIn(kind: Kind, record: Chained): string {
  if (kind === 'breaker') return 'breaker';
  const field = kind === 'action' ? 'actionId' : kind === 'member' ? 'alertId' : 'incidentId';
  return String(record[field]);
}

/** True when the index keys, by which the sweeper finds the item, match the record. */
function isListed(kind: Kind, key: Key, item: Item, record: Chained): boolean {
  const { open = null, attentionAt = null, sweepShard = null, sweepAt = null } = item;
  const expected =
    kind === 'breaker'
      ? attentionKeys(key, typeof attentionAt === 'string' ? attentionAt : null)
      : indexKeys(key, record);
  const { open: isOpen = null, attentionAt: at = null, ...keys } = { ...UNLISTED, ...expected };
  // An earlier version writes no keys of the newer index.
  const isEarlier = sweepShard === null && sweepAt === null;
  return (
    isDeepStrictEqual({ open, attentionAt }, { open: isOpen, attentionAt: at }) &&
    (isEarlier || isDeepStrictEqual({ sweepShard, sweepAt }, keys))
  );
}
const UNLISTED = { open: null, attentionAt: null, sweepShard: null, sweepAt: null };

function faultsBetween(was: Chained, now: Chained): string[] {
  const kept = was.history.every(({ hash }, seq) => now.history[seq]?.hash === hash);
  // A field that is newer than the record is first written as null.
  const differs = (field: string) =>
    !isDeepStrictEqual(recorded(field, was[field] ?? null), recorded(field, now[field] ?? null));
  const hasEntry = now.history.length > was.history.length;
  return [
    ...(kept ? [] : ['an earlier history entry is gone']),
    ...versionFaults(was, now),
    ...removalsIn(was, now),
    ...descriptionFaults(was, now),
    ...FIXED.filter(differs).map((field) => `${field} was changed`),
    ...(hasEntry
      ? []
      : RECORDED.filter(differs).map((field) => `${field} was changed without an entry`)),
  ];
}

/** The value without the parts that change without an entry: the task token and an alert's number of repeats. */
function recorded(field: string, value: unknown): unknown {
  if (field === 'approval') return Asked.safeParse(value).data ?? value;
  return field === 'alerts' ? (Counted.safeParse(value).data ?? value) : value;
}
const Asked = z.pipe(
  z.looseObject({}),
  z.transform(({ taskToken: _token, ...approval }) => approval),
);
const Counted = z.array(
  z.pipe(
    z.looseObject({}),
    z.transform(({ repeats: _repeats, ...alert }) => alert),
  ),
);
