// Takes one change back, and looks whether it is gone.

import { NotVerified, TerminalError } from '../domain/errors.ts';
import type { Job } from '../mechanisms/job.ts';
import type { Claimant } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import type { ReverseInput } from './request.ts';

/**
 * Returns what was found afterwards, in words. Throws StateChanged when the state is not the one that we left, and
 * NotVerified when the change is still there.
 */
export async function revertAndVerify(
  { subject, mechanism }: Job,
  before: unknown,
): Promise<string> {
  if (mechanism.wasThere(before)) return 'It was there before us, so it stays';
  await mechanism.driver.revert(subject, before);
  const seen = await mechanism.driver.verifyReverted(subject, before);
  if (!seen.holds)
    throw new NotVerified(`it was undone, but is still there: ${seen.found}`, {
      actionId: subject.actionId,
    });
  return seen.found;
}

export const claimantOf = ({ execution, by, cause }: ReverseInput, now: Date): Claimant => ({
  by: execution ?? `${by} (${cause})`,
  now,
});

/** Who fails lets the next one try at once. What only a person can mend keeps others from joining the effect until then. */
export async function underClaim<T>(
  { leases }: Pick<Store, 'leases'>,
  effectKey: string,
  claimant: Claimant,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await leases.pause(effectKey, claimant, { isStuck: error instanceof TerminalError });
    throw error;
  }
}
