// What a write did to a record, judged from the record before and after it: Countermand's own writes only ever add.
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { Action, HistoryEntry, Status, TRANSITIONS } from '../domain/action.ts';
import { InvalidInput } from '../domain/errors.ts';
import { readStored } from '../domain/stored.ts';
import { minutesAfter } from '../domain/time.ts';
import { actionDigest, chainFault } from '../store/hash-chain.ts';
import { attentionKeys } from '../store/records.ts';

/** An item of the table, as it is stored. */
export type Item = Readonly<Record<string, unknown>>;
export type Images = { before: Item | null; after: Item | null };

/** What incidents, actions and the breaker have in common. Further fields are theirs. */
const Chained = z.looseObject({ history: z.array(HistoryEntry), version: z.int() });
type Chained = z.infer<typeof Chained>;

/** What an action is about: it never changes after the first write. */
const FIXED = [
  'actionId',
  'incidentId',
  'alertId',
  'account',
  'region',
  'recommendation',
  'digest',
  'createdAt',
  'openedAt',
] as const;

/** What may only change together with an entry that says so. */
const TOLD = [
  'status',
  'disposition',
  'reasons',
  'before',
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
  'alerts',
  'tripped',
] as const;

/** Whatever stands so has an end to come, and the sweeper looks at it until it has come. */
const LOOKED_AT: readonly Status[] = [
  'proposed',
  'awaiting-approval',
  'approved',
  'executing',
  'reversing',
];
const DAY_MINUTES = 24 * 60;

/**
 * What is wrong with a write, in words; nothing where it is one of ours. Whoever may write the table can add an entry
 * that looks like ours, and then stands in the record with it; taking back or changing what was said shows here.
 */
export function faultsIn(sk: string, { before, after }: Images): string[] {
  if (!after) return ['it was removed'];
  // Only a person writes the switch, by hand: it has no history but its copies.
  if (sk === 'SWITCH') return [];
  const was = before && read(Chained, contentOf(sk, before));
  const now = read(Chained, contentOf(sk, after));
  if (now instanceof InvalidInput) return [`it cannot be read: ${now.message}`];
  const from = was instanceof InvalidInput ? null : was;
  const broken = chainFault(anchorIn(sk, now), now.history);
  return [
    ...(broken ? [`its history is broken: ${broken}`] : []),
    ...(isListed(sk, after, now) ? [] : ['the index does not list it as its record says']),
    ...(from ? faultsBetween(from, now) : []),
    ...(sk.startsWith('ACTION#') ? faultsOfAction(from, now) : []),
  ];
}

/** With what a newer version may have added. */
function read<S extends z.ZodMiniType>(schema: S, value: unknown): z.infer<S> | InvalidInput {
  try {
    return readStored(schema, value, { what: 'record' });
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
}

const contentOf = (sk: string, item: Item): unknown => (sk === 'BREAKER' ? item : item.record);

const anchorIn = (sk: string, record: Chained): string =>
  sk === 'BREAKER'
    ? 'breaker'
    : String(sk.startsWith('ACTION#') ? record.actionId : record.incidentId);

/** The sweeper finds by the index alone, which lists an item by what stands beside its record. */
function isListed(sk: string, item: Item, record: Chained): boolean {
  if (sk === 'BREAKER') return (item.open === 'yes') === (typeof item.attentionAt === 'string');
  const { open = null, attentionAt = null } = item;
  return isDeepStrictEqual({ open, attentionAt }, { ...UNLISTED, ...attentionKeys(record) });
}
const UNLISTED = { open: null, attentionAt: null };

function faultsBetween(was: Chained, now: Chained): string[] {
  const kept = was.history.every(({ hash }, seq) => now.history[seq]?.hash === hash);
  // Where a field came later than the record, the first write of it says null.
  const differs = (field: string) =>
    !isDeepStrictEqual(told(field, was[field] ?? null), told(field, now[field] ?? null));
  const isTold = now.history.length > was.history.length;
  return [
    ...(kept ? [] : ['what its history said before is gone']),
    ...(now.version > was.version
      ? []
      : [`its version went from ${was.version} to ${now.version}`]),
    ...FIXED.filter(differs).map((field) => `${field} was changed`),
    ...(isTold ? [] : TOLD.filter(differs).map((field) => `${field} was changed without an entry`)),
  ];
}

/** Without what changes in silence: the state machine's callback, and how often an alert came again. */
function told(field: string, value: unknown): unknown {
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

/** An action is what its digest says, and came to its state by legal steps, each with its entry. */
function faultsOfAction(was: Chained | null, now: Chained): string[] {
  const action = read(Action, now);
  if (action instanceof InvalidInput) return [`it cannot be read: ${action.message}`];
  const { status, digest, history } = action;
  const looked = lookOf(was, action);
  const steps = history
    .slice(was?.history.length ?? 0)
    .flatMap(({ event }) => Status.safeParse(event).data ?? []);
  const start = was ? Status.parse(was.status) : steps.shift();
  const illegal = steps.find((step, i) => {
    const from = steps[i - 1] ?? start ?? step;
    // Whoever keeps on what was kept says it again.
    return step !== from && !TRANSITIONS[from].includes(step);
  });
  return [
    ...(actionDigest(action) === digest ? [] : ['it is not what its digest says']),
    ...(illegal ? [`it became ${illegal} by no legal step`] : []),
    ...((steps.at(-1) ?? start) === status ? [] : [`no entry says that it is ${status}`]),
    ...(looked ? [looked] : []),
  ];
}

/** Whoever puts the sweeper's look off leaves in force what is due. A day is more than it ever waits. */
function lookOf(was: Chained | null, action: Action): string | null {
  const { status, attentionAt, dueAt, approval, history } = action;
  if (!LOOKED_AT.includes(status) && !(status === 'in-force' && dueAt)) return null;
  if (attentionAt === null) return `it is ${status}, and nobody looks at it any more`;
  const known = [dueAt, approval?.expiresAt, was?.attentionAt, history.at(-1)?.at];
  const last =
    known
      .filter((at) => typeof at === 'string')
      .sort()
      .at(-1) ?? attentionAt;
  return attentionAt <= minutesAfter(last, DAY_MINUTES)
    ? null
    : `it is ${status}, and nobody looks at it before ${attentionAt}`;
}
