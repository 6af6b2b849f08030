// Time arithmetic on stored instants.
import type { Instant } from './reference.ts';

/** The instant that many minutes after `from`. */
export const minutesAfter = (from: Date | Instant, minutes: number): Instant =>
  new Date(new Date(from).getTime() + minutes * 60_000).toISOString();

export const minutesBetween = (from: Instant, to: Instant): number =>
  (Date.parse(to) - Date.parse(from)) / 60_000;

/** The month before, as `yyyy-mm`. */
export const monthBefore = (month: string): string => {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 2, 1)).toISOString().slice(0, 'yyyy-mm'.length);
};

export const earlier = (a: Instant, b: Instant | null): Instant => (b !== null && b < a ? b : a);

/** Longer than the state machine retries a notification. The sweeper then checks that people were notified. */
export const NOTIFIED_WITHIN_MINUTES = 20;

/** Longer than a press of Halt or Resume takes. An earlier press within it may have failed to notify the team. */
export const PRESS_MINUTES = 1;
