// Reverts one change and verifies that it is gone, under a lease claim.

import { NotVerified, TerminalError } from '../domain/errors.ts';
import type { Job } from '../mechanisms/job.ts';
import type { Claimant } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import type { ReverseInput } from './request.ts';

/**
 * Returns the state after the revert, in words. Throws StateChanged when the state is not the one that the action left,
 * and NotVerified when the change is still in place.
 */
export async function revertAndVerify(
  { subject, mechanism }: Job,
  before: unknown,
): Promise<string> {
  if (mechanism.alreadyInPlace(before)) return 'Already in place before this action, so it remains';
  await mechanism.driver.revert(subject, before);
  const seen = await mechanism.driver.verifyReverted(subject, before);
  if (!seen.holds)
    throw new NotVerified(`verification failed after revert: ${seen.found}`, {
      actionId: subject.actionId,
    });
  return seen.found;
}

export const claimantOf = ({ execution, by, cause }: ReverseInput, now: Date): Claimant => ({
  by: execution ?? `${by} (${cause})`,
  now,
});

/**
 * Runs `work`. On failure, releases the claim so that a retry can start. A terminal failure marks the lease as stuck
 * until an operator fixes it.
 */
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
