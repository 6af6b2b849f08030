// Undoes one action, from what its proofs say.

import type { Evidence } from '../authority/claims.ts';
import { provesBefore, readEnd } from '../authority/end.ts';
import { livingHolders } from '../authority/holders.ts';
import { inheritsUndo } from '../authority/inherited-undo.ts';
import type { Action } from '../domain/action.ts';
import { HELD_BY_ANOTHER, NOTHING_APPLIED } from '../domain/effect-state.ts';
import { Unproven } from '../domain/errors.ts';
import { type Job, jobOf } from '../mechanisms/job.ts';
import { revertAndVerify, underClaim, verifyLifted } from '../mechanisms/revert.ts';
import { digestOf } from '../store/hash-chain.ts';
import type { Claimant, Released } from '../store/lease.ts';
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
    const found = await undoUnder(deps, action, job, { evidence, lease });
    const mayArrive = lease.applies.some(({ until }) => until > now().toISOString());
    await (mayArrive ? store.leases.detach : store.leases.drop)(effectKey, claimant);
    return { found, mayArrive };
  });
}

async function undoUnder(
  deps: ReverseDeps,
  action: Action,
  job: Job,
  { evidence, lease }: { evidence: Evidence; lease: Released },
): Promise<string> {
  if (lease.isLifted) return verifyLifted(job, action.before);
  return lease.begun || isEverInForce(action)
    ? revertAndVerify(job, await stateToRestore(deps, action, evidence, lease))
    : NOTHING_APPLIED;
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
  return isOther && (await inheritsUndo(deps, evidence.effectKey, lease, evidence))
    ? lease.before
    : before;
}

export const claimantOf = ({ execution, by, cause }: ReverseInput, now: Date): Claimant => ({
  by: execution ?? `${by} (${cause})`,
  now,
});
