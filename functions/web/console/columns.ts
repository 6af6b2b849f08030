// Arranges the moments of a timeline in at most twelve columns.
import { type Effect, inTime, LANES, type Lane, type Moment, type Story } from './moments.ts';

export const MAX_COLUMNS = 12;

/** The moments of one lane in one column. */
export type Group = { moments: readonly [Moment, ...Moment[]] };
export type Column = {
  /** The first and the last instant in it, in milliseconds since 1970. */
  from: number;
  to: number;
  isFuture: boolean;
  lanes: Partial<Record<Lane, Group>>;
  /** The time since the column before it, in words; empty for less than a minute and across the present. */
  gap: string;
};
export type Arranged = { columns: Column[]; effects: Effect[] };

/** Moments within this many seconds share a column. The smallest window that needs at most twelve columns applies. */
const WINDOWS = [0, 60, 600, 3_600, 6 * 3_600, 86_400, 7 * 86_400, 30 * 86_400, Infinity];

/** Past and future never share a column. */
export function arrange({ moments, effects }: Story, now: Date): Arranged {
  const ends = effects.flatMap(({ from, until }) => [from, ...(until ? [until] : [])]);
  const instants = [...moments.map(({ at }) => at), ...ends].map(seconds);
  const distinct = [...new Set(instants)].sort((a, b) => a - b);
  const at = Math.floor(now.getTime() / 1000) * 1000;
  const spans = WINDOWS.map((window) => joined(distinct, window * 1000, at)).find(
    (some) => some.length <= MAX_COLUMNS,
  );
  const columns = (spans ?? []).map(
    ([from, to], i, all): Column => ({
      ...{ from, to, isFuture: from > at },
      gap: gapBetween(all[i - 1]?.[1], from, at),
      lanes: Object.fromEntries(
        LANES.flatMap((lane) => {
          const [first, ...others] = moments.filter(
            (one) => one.lane === lane && seconds(one.at) >= from && seconds(one.at) <= to,
          );
          return first ? [[lane, { moments: [first, ...others] }]] : [];
        }),
      ),
    }),
  );
  return { columns, effects };
}

const seconds = (at: string): number => Math.floor(Date.parse(at) / 1000) * 1000;

type Span = [from: number, to: number];

function joined(instants: readonly number[], window: number, now: number): Span[] {
  const spans: Span[] = [];
  for (const at of instants) {
    const last = spans.at(-1);
    const isSameSide = last !== undefined && last[0] > now === at > now;
    if (last && isSameSide && at - last[0] <= window) last[1] = at;
    else spans.push([at, at]);
  }
  return spans;
}

/** Empty across the present, which the drawing marks with the time. */
const gapBetween = (before: number | undefined, from: number, now: number): string =>
  before === undefined || from - before < 60_000 || (before <= now && from > now)
    ? ''
    : inTime(new Date(from).toISOString(), new Date(before));

/** The marks in order of importance, for a group with several moments. */
const TELLING: readonly Moment['mark'][] = ['bad', 'no', 'yes', 'wait'];

/** The label of a group: its only moment, or the most important one and the number of moments. */
export function labelOf({ moments }: Group): Pick<Moment, 'mark' | 'short' | 'under'> {
  const rank = ({ mark }: Moment) => TELLING.indexOf(mark) + 1 || TELLING.length + 1;
  const [first] = moments.toReversed().toSorted((a, b) => rank(a) - rank(b));
  const { mark, short, under } = first ?? moments[0];
  if (moments.length === 1) return { mark, short, under };
  if (!moments.every((one) => one.short === short))
    return { mark, short, under: `and ${moments.length - 1} more` };
  const isSimilar = moments.every((one) => one.under === under);
  return isSimilar && under !== ''
    ? { mark, short, under: `${under}, ${moments.length}×` }
    : { mark, short: `${moments.length} ${plural(short)}`, under: '' };
}

const plural = (short: string): string =>
  ['Alert', 'Reminder', 'Undo'].includes(short) ? `${short.toLowerCase()}s` : short.toLowerCase();

/** The index of the column of an instant; null outside all columns. */
export function columnOf({ columns }: Pick<Arranged, 'columns'>, at: string): number | null {
  const instant = seconds(at);
  const found = columns.findIndex(({ from, to }) => instant >= from && instant <= to);
  return found < 0 ? null : found;
}
