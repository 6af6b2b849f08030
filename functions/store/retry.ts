// Repeats optimistic writes with exponential backoff and full jitter.
import { setTimeout } from 'node:timers/promises';
import { Conflict } from '../domain/errors.ts';

/** Randomness, waiting and a clock in milliseconds. Injected, so that tests don't wait. */
export type Pacing = {
  /** At least 0 and less than 1. */
  random: () => number;
  wait: (milliseconds: number) => Promise<unknown>;
  now: () => number;
};

export const SYSTEM_PACING: Pacing = {
  random: Math.random,
  wait: setTimeout,
  now: () => performance.now(),
};

/** About the duration of one read and one write. */
const BASE_MS = 20;
const MAX_WAIT_MS = 1_000;
/** Shorter than every function's timeout in infra/function-table.ts. */
const DEADLINE_MS = 8_000;

/**
 * Waits that spread contending writers evenly over a growing interval.
 *
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
const jittered = (attempt: number, { random }: Pacing): number =>
  random() * Math.min(MAX_WAIT_MS, BASE_MS * 2 ** attempt);

/** Waits before the next attempt. `attempt` is the number of failed attempts before the last one. */
export const backOff = (attempt: number, pacing: Pacing) => pacing.wait(jittered(attempt, pacing));

/**
 * True for a conditional write that another writer overtook; the table adds the item's key. False for a Conflict that a
 * store reports: it lasts for longer than a retry.
 */
export const isLostRace = (error: unknown): boolean =>
  error instanceof Conflict && error.ids.pk !== undefined;

/**
 * Repeats optimistic work, starting with its read, while `isRetried` holds for its error. Throws the last error when
 * the next wait would pass the deadline.
 */
export async function retryOnConflict<T>(
  { pacing }: { pacing: Pacing },
  work: () => Promise<T>,
  isRetried: (error: unknown) => boolean = isLostRace,
): Promise<T> {
  const until = pacing.now() + DEADLINE_MS;
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const pause = jittered(attempt, pacing);
      if (!isRetried(error) || pacing.now() + pause > until) throw error;
      await pacing.wait(pause);
    }
  }
}
