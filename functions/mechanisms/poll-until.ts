// Polls until an eventually consistent read shows a change.
import type { Observation } from './mechanism.ts';

/** Waits between two calls. Injected, so that tests don't wait. */
export type Sleep = (milliseconds: number) => Promise<void>;

/** The maximum number of reads, and the time between them. */
type PollLimits = { maxReads: number; betweenMs: number; sleep: Sleep };

/** The first result that matches; the last result if none does. */
export async function pollUntil<T>(
  isWanted: (seen: T) => boolean,
  look: () => Promise<T>,
  { maxReads, betweenMs, sleep }: PollLimits,
): Promise<T> {
  let seen = await look();
  for (let looks = 1; looks < maxReads && !isWanted(seen); looks++) {
    await sleep(betweenMs);
    seen = await look();
  }
  return seen;
}

/**
 * Reads of IAM are eventually consistent: a read may miss a change for some seconds.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
const IAM_LIMITS = { maxReads: 8, betweenMs: 2_000 };

/** The first observation that holds; the last one if none does within 14 seconds. */
export const pollUntilHolds = (
  look: () => Promise<Observation>,
  sleep: Sleep,
): Promise<Observation> => pollUntil(({ holds }) => holds, look, { ...IAM_LIMITS, sleep });
