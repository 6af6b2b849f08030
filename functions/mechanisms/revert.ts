// Reverts a change under a lease claim, and verifies that it is gone.
import { REMAINS_IN_PLACE, targetGone } from '../domain/effect-state.ts';
import { NotVerified, StateChanged, TerminalError } from '../domain/errors.ts';
import type { Claimant } from '../store/lease.ts';
import type { Store } from '../store/store.ts';
import type { Job } from './job.ts';
import { unlessGone } from './target-gone.ts';

/**
 * Returns the state after the revert, in words. A target that no longer exists needs no revert. Throws StateChanged
 * when the state is not the one that the action left, and NotVerified when the change is still in place.
 */
export async function revertAndVerify(
  { subject, mechanism }: Job,
  before: unknown,
): Promise<string> {
  if (mechanism.alreadyInPlace(before)) return REMAINS_IN_PLACE;
  const undone = await unlessGone(
    (async () => {
      await mechanism.driver.revert(subject, before);
      return mechanism.driver.verifyReverted(subject, before);
    })(),
  );
  if ('gone' in undone) return targetGone(undone.gone);
  const seen = undone.found;
  if (!seen.holds)
    throw new NotVerified(`verification failed after revert: ${seen.found}`, {
      actionId: subject.actionId,
    });
  return seen.found;
}

/**
 * For an action whose effect was undone together with that of another holder: reads the state and changes nothing.
 * Throws StateChanged when the change is in place again, because someone else made it.
 */
export async function verifyLifted({ subject, mechanism }: Job, before: unknown): Promise<string> {
  if (mechanism.alreadyInPlace(before)) return REMAINS_IN_PLACE;
  const seen = await unlessGone(mechanism.driver.verifyReverted(subject, before));
  if ('gone' in seen) return targetGone(seen.gone);
  const { holds, found } = seen.found;
  if (holds) return found;
  throw new StateChanged(
    `the change was undone together with that of another action, and someone made it again: ${found}`,
    { actionId: subject.actionId },
  );
}

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
