// Reverts one change and verifies that it is gone, under a lease claim.

import type { Evidence } from '../authority/claims.ts';
import { provesBefore, readEnd } from '../authority/end.ts';
import { isLeftByEnded, livingHolders } from '../authority/holders.ts';
import type { Action } from '../domain/action.ts';
import {
  HELD_BY_ANOTHER,
  NOTHING_APPLIED,
  REMAINS_IN_PLACE,
  targetGone,
} from '../domain/effect-state.ts';
import { NotVerified, TerminalError, Unproven } from '../domain/errors.ts';
import { type Job, jobOf } from '../mechanisms/job.ts';
import { unlessGone } from '../mechanisms/target-gone.ts';
import { digestOf } from '../store/hash-chain.ts';
import type { Claimant, Released } from '../store/lease.ts';
import type { Store } from '../store/store.ts';
import type { ReverseDeps } from './deps.ts';
import { carriedEvidence, type ReverseInput } from './request.ts';

export type Undone = {
  /** The state after the undo, in words. */
  found: string;
  /** Whether an apply of the action may still arrive. The lease is kept for the clean-up. */
  mayArrive: boolean;
};

/**
 * Undoes one change. Throws Unproven if nothing proves what to restore, and StateChanged when
 * the state is not the one that the action left.
 */
export async function undo(
  deps: ReverseDeps,
  action: Action,
  request: ReverseInput,
): Promise<Undone> {
  const { store, keys, mechanisms, now } = deps;
  const { actionId, before } = action;
  const job = jobOf(action, mechanisms);
  const { evidence } = await readEnd(keys, action, carriedEvidence(request));
  if (!evidence) throw new Unproven('nothing proves that we made this change', { actionId });
  if (!provesBefore(evidence, before))
    throw new Unproven('the recorded before-state is not the captured one', { actionId });
  const { effectKey } = evidence;
  const claimant = claimantOf(request, now());
  const living = livingHolders(deps, effectKey);
  const lease = await store.leases.release(effectKey, actionId, claimant, living);
  if (!lease) return { found: HELD_BY_ANOTHER, mayArrive: false };
  return underClaim(store, effectKey, claimant, async () => {
    const found =
      lease.begun || isEverInForce(action)
        ? await revertAndVerify(job, await stateToRestore(deps, action, evidence, lease))
        : NOTHING_APPLIED;
    const mayArrive = lease.applies.some(({ until }) => until > now().toISOString());
    await (mayArrive ? store.leases.detach : store.leases.drop)(effectKey, claimant);
    return { found, mayArrive };
  });
}

const isEverInForce = ({ history }: Action): boolean =>
  history.some(({ event }) => event === 'in-force');

/** The action's own capture, or that of an ended holder which left its change to this action. */
async function stateToRestore(
  deps: ReverseDeps,
  { before }: Action,
  evidence: Evidence,
  lease: Released,
): Promise<unknown> {
  const isOther = lease.captured && lease.begun && digestOf(lease.before) !== evidence.before;
  return isOther && (await isLeftByEnded(deps, evidence.effectKey, lease, evidence))
    ? lease.before
    : before;
}

/**
 * Returns the state after the revert, in words. A target that no longer exists needs no revert. Throws StateChanged when
 * the state is not the one that the action left, and NotVerified when the change is still in place.
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
