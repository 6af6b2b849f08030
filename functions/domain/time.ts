// Reckoning with times: what is stored is an instant, what is decided is some minutes later.
import type { Instant } from './alert.ts';

/** The instant that lies so many minutes after another one. */
export const minutesAfter = (from: Date | Instant, minutes: number): Instant =>
  new Date(new Date(from).getTime() + minutes * 60_000).toISOString();
