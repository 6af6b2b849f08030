// Looks again at what AWS does not show everywhere at once.
import type { Observation } from './mechanism.ts';

/** Waits between two calls; injected, so that tests do not. */
export type Sleep = (milliseconds: number) => Promise<void>;

/** How often at the most, and how far apart. */
type Looks = { most: number; betweenMs: number; sleep: Sleep };

/** The first look that shows what is wanted; when none does, the last one. */
export async function lookUntil<T>(
  isWanted: (seen: T) => boolean,
  look: () => Promise<T>,
  { most, betweenMs, sleep }: Looks,
): Promise<T> {
  let seen = await look();
  for (let looks = 1; looks < most && !isWanted(seen); looks++) {
    await sleep(betweenMs);
    seen = await look();
  }
  return seen;
}

/**
 * A change in IAM is there when the call returns, and a look right after it may still miss it: for seconds, as a rule.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
const IN_IAM = { most: 8, betweenMs: 2_000 };

/** The first look that holds; when none does in 14 seconds, the last one. */
export const settled = (look: () => Promise<Observation>, sleep: Sleep): Promise<Observation> =>
  lookUntil(({ holds }) => holds, look, { ...IN_IAM, sleep });
