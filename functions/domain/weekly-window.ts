// Weekly time windows in a time zone, such as 03:00 to 05:00 in Europe/Berlin.
import * as z from 'zod/mini';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

export const Day = z.enum(DAYS);
export const TimeOfDay = z
  .string()
  .check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as "03:30"'));

/** An offset such as `+01:00` is not accepted, because it doesn't change with the season. */
export const TimeZone = z.string().check(
  z.refine((name) => /^(UTC|[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+)$/.test(name) && isKnown(name), {
    error: 'expected an IANA time zone such as "Europe/Berlin"',
  }),
);

function isKnown(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

export type WeeklyWindow = {
  timeZone: string;
  days: readonly z.infer<typeof Day>[];
  from: string;
  /** Earlier than `from` if the window crosses midnight. It then begins on one of the days. */
  to: string;
};

/**
 * Whether the window contains the instant. A local time that occurs twice, when clocks go back, counts both times. When
 * clocks go forward, a job in the skipped hour runs late: for 12 hours, the time by the earlier offset counts as well.
 */
export function isIn(window: WeeklyWindow, at: Date): boolean {
  return offsetsAt(at, window.timeZone).some((minutes) =>
    contains(window, new Date(at.getTime() + minutes * 60_000)),
  );
}

const DAY_MS = 24 * 3_600_000;

/** When the window next begins; the instant itself if the window contains it. */
export function nextIn(window: WeeklyWindow, at: Date): Date {
  if (isIn(window, at)) return at;
  const { timeZone, days, from } = window;
  const toUtc = (local: number): Date => {
    const guess = new Date(local - offsetAt(at, timeZone) * 60_000);
    const exact = new Date(local - offsetAt(guess, timeZone) * 60_000);
    // When clocks go forward, some local times don't exist. The earlier offset applies to them.
    return isIn(window, exact) ? exact : guess;
  };
  const local = at.getTime() + offsetAt(at, timeZone) * 60_000;
  const midnight = Math.floor(local / DAY_MS) * DAY_MS;
  const opening = Date.parse(`1970-01-01T${from}:00Z`);
  const starts = Array.from({ length: 9 }, (_, n) => midnight + n * DAY_MS + opening)
    .filter((start) => days.includes(DAYS[new Date(start).getUTCDay()] ?? 'sun'))
    .map(toUtc);
  return starts.find((start) => start > at) ?? at;
}

/** `local`: its UTC fields are the local date and time. */
function contains({ days, from, to }: WeeklyWindow, local: Date): boolean {
  const time = local.toISOString().slice(11, 16);
  const today = DAYS[local.getUTCDay()] ?? 'sun';
  const yesterday = DAYS[(local.getUTCDay() + 6) % 7] ?? 'sat';
  return from <= to
    ? days.includes(today) && from <= time && time < to
    : (days.includes(today) && time >= from) || (days.includes(yesterday) && time < to);
}

const JOBS_RUN_LATE_MS = 12 * 3_600_000;

function offsetsAt(at: Date, timeZone: string): number[] {
  const current = offsetAt(at, timeZone);
  const before = offsetAt(new Date(at.getTime() - JOBS_RUN_LATE_MS), timeZone);
  return before < current ? [current, before] : [current];
}

/** By time zone. Building one takes longer than its use. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}

/** Minutes east of UTC. */
function offsetAt(at: Date, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'));
  return local / 60_000 - Math.floor(at.getTime() / 60_000);
}
