// Which summaries the list shows, in which order, and on which page.
import { bySeverity, isMoreSevere } from '../../../domain/alert.ts';
import { isOpen, openIn, type Summary } from '../../../domain/summary.ts';
import { type ListQuery, TIMES, VIEWS, type View } from './query.ts';

export const PAGE_SIZE = 20;
const HOUR_MS = 3_600_000;

const IS_IN: Readonly<Record<View, (summary: Summary, now: Date) => boolean>> = {
  all: () => true,
  waiting: (one, now) => openIn(one, now).length > 0,
  'in-force': ({ effects }) => effects.some(({ status }) => status !== 'reversal-failed'),
  'undo-failed': ({ effects }) => effects.some(({ status }) => status === 'reversal-failed'),
  'handed-off': ({ outcome }) => outcome === 'handed-off',
  'not-done': ({ outcome }) => outcome === 'recommended-not-executed',
  closed: (one, now) => !isOpen(one, now),
};

/** The part of a type that people choose from: `Recon` of `Recon:EC2/PortProbe`. */
export const groupOf = (type: string): string => type.split(/[:/]/, 1)[0] ?? type;

const textOf = (one: Summary): string =>
  [
    one.title,
    one.incidentId,
    one.account,
    ...one.types,
    ...one.entities.map(({ value }) => value),
    ...one.people.map(({ name }) => name),
    ...[...one.requests, ...one.effects].map(({ order }) => order),
    one.ended?.order ?? '',
  ]
    .join('\n')
    .toLowerCase();

/** Every word must occur, or every word of another alternative: `web-1 or bastion-1`. */
function mentions(summary: Summary, search: string): boolean {
  const text = textOf(summary);
  return search
    .toLowerCase()
    .split(/\s+or\s+/)
    .some((words) => words.split(/\s+/).every((word) => text.includes(word)));
}

/** Whether the summary passes every filter except the view. */
function passes(summary: Summary, query: ListQuery, now: Date): boolean {
  const { q, severity, type, entity, time, by } = query;
  if (severity && isMoreSevere(severity, summary.severity)) return false;
  if (type && !summary.types.some((one) => groupOf(one) === type)) return false;
  if (entity && !summary.entities.some(({ kind }) => kind === entity)) return false;
  if (by && !summary.people.some(({ id }) => id === by)) return false;
  if (time && Date.parse(summary.updatedAt) < now.getTime() - TIMES[time] * HOUR_MS) return false;
  return !q || mentions(summary, q);
}

const newestFirst = (a: Summary, b: Summary): number =>
  a.updatedAt < b.updatedAt ? 1 : a.updatedAt > b.updatedAt ? -1 : 0;

export type Listed = {
  open: Summary[];
  closed: Summary[];
  /** The number of incidents that pass the filters, in each view. */
  counts: Readonly<Record<View, number>>;
  /** Position of the first row, from 0. */
  from: number;
  total: number;
  /** The incident before each page; null before the first one. */
  pages: (string | null)[];
};

/** Open incidents first, the worst before the others, then closed ones, the newest first. */
export function listed(summaries: readonly Summary[], query: ListQuery, now: Date): Listed {
  const passing = summaries.filter((one) => passes(one, query, now));
  const shown = passing.filter((one) => IS_IN[query.view ?? 'all'](one, now));
  const isUp = (one: Summary) => isOpen(one, now);
  const open = shown
    .filter(isUp)
    .sort((a, b) => bySeverity(a.severity, b.severity) || newestFirst(a, b));
  const all = [...open, ...shown.filter((one) => !isUp(one)).sort(newestFirst)];
  const from = all.findIndex(({ incidentId }) => incidentId === query.after) + 1;
  const page = all.slice(from, from + PAGE_SIZE);
  return {
    open: page.filter(isUp),
    closed: page.filter((one) => !isUp(one)),
    counts: Object.fromEntries(
      VIEWS.map((view) => [view, passing.filter((one) => IS_IN[view](one, now)).length]),
    ) as Record<View, number>,
    from,
    total: all.length,
    pages: Array.from({ length: Math.ceil(all.length / PAGE_SIZE) }, (_, i) =>
      i === 0 ? null : (all[i * PAGE_SIZE - 1]?.incidentId ?? null),
    ),
  };
}

/** Incidents that need a person: the worst first, then failed undos, then the earliest deadline. */
export function needingPerson(summaries: readonly Summary[], now: Date): Summary[] {
  const isFailed = (one: Summary) => (IS_IN['undo-failed'](one, now) ? 0 : 1);
  const ends = (one: Summary) => openIn(one, now)[0]?.expiresAt ?? '';
  return summaries
    .filter((one) => isFailed(one) === 0 || IS_IN.waiting(one, now))
    .sort(
      (a, b) =>
        bySeverity(a.severity, b.severity) ||
        isFailed(a) - isFailed(b) ||
        (ends(a) < ends(b) ? -1 : 1),
    );
}
