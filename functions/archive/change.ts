// What a write did to a record, judged from the record before and after it: Countermand's own writes only ever add.
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { actionDigest, faultOf } from '../audit/chain.ts';
import { Action, HistoryEntry, Status, TRANSITIONS } from '../domain/action.ts';

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
  'outcome',
  'tripped',
] as const;

/**
 * What is wrong with a write, in words; nothing where it is one of ours. Whoever may write the table can add an entry
 * that looks like ours, and then stands in the record with it; taking back or changing what was said shows here.
 */
export function faultsIn(sk: string, { before, after }: Images): string[] {
  if (!after) return ['it was removed'];
  // Only a person writes the switch, by hand: it has no history but its copies.
  if (sk === 'SWITCH') return [];
  const now = Chained.safeParse(contentOf(sk, after));
  if (!now.success) return [`it cannot be read: ${z.prettifyError(now.error)}`];
  const broken = faultOf(anchorIn(sk, now.data), now.data.history);
  const was = before && Chained.safeParse(contentOf(sk, before));
  return [
    ...(broken ? [`its history is broken: ${broken}`] : []),
    ...(was?.success ? faultsBetween(was.data, now.data) : []),
    ...(sk.startsWith('ACTION#') ? faultsOfAction(was?.success ? was.data : null, now.data) : []),
  ];
}

const contentOf = (sk: string, item: Item): unknown => (sk === 'BREAKER' ? item : item.record);

const anchorIn = (sk: string, record: Chained): string =>
  sk === 'BREAKER'
    ? 'breaker'
    : String(sk.startsWith('ACTION#') ? record.actionId : record.incidentId);

function faultsBetween(was: Chained, now: Chained): string[] {
  const kept = was.history.every(({ hash }, seq) => now.history[seq]?.hash === hash);
  const differs = (field: string) => !isDeepStrictEqual(was[field], now[field]);
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

/** An action is what its digest says, and came to its state by legal steps, each with its entry. */
function faultsOfAction(was: Chained | null, now: Chained): string[] {
  const parsed = Action.safeParse(now);
  if (!parsed.success) return [`it cannot be read: ${z.prettifyError(parsed.error)}`];
  const { status, digest, history } = parsed.data;
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
    ...(actionDigest(parsed.data) === digest ? [] : ['it is not what its digest says']),
    ...(illegal ? [`it became ${illegal} by no legal step`] : []),
    ...((steps.at(-1) ?? start) === status ? [] : [`no entry says that it is ${status}`]),
  ];
}
