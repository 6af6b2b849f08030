// Looks again at what AWS does not show everywhere at once.
import type { Observation } from './mechanism.ts';

/** Waits between two looks; injected, so that tests do not. */
export type Sleep = (milliseconds: number) => Promise<void>;

/**
 * A change in IAM is there when the call returns, and a look right after it may still miss it: for seconds, as a rule.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
const LOOKS = 8;
const BETWEEN_LOOKS_MS = 2_000;

/** The first look that holds; when none does in 14 seconds, the last one. */
export async function settled(
  look: () => Promise<Observation>,
  sleep: Sleep,
): Promise<Observation> {
  let seen = await look();
  for (let looks = 1; looks < LOOKS && !seen.holds; looks++) {
    await sleep(BETWEEN_LOOKS_MS);
    seen = await look();
  }
  return seen;
}
