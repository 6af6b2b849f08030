// Puts back a change that a deployment removed, under the same approval.
import * as z from 'zod/mini';
import type { Evidence } from '../authority/claims.ts';
import { type End, isOver, isTooLateToReturn, provesBefore, readEnd } from '../authority/end.ts';
import { livingHolders } from '../authority/holders.ts';
import { type Action, ActionId, IncidentId, isInForce } from '../domain/action.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { HELD_BY_ANOTHER } from '../domain/effect-state.ts';
import { Denied, NotVerified } from '../domain/errors.ts';
import { type Job, jobOf } from '../mechanisms/job.ts';
import { revertAndVerify, underClaim } from '../mechanisms/revert.ts';
import { unlessGone } from '../mechanisms/target-gone.ts';
import { isFull, withEntry } from '../store/hash-chain.ts';
import { applyUnderLease } from './apply.ts';
import type { ExecuteDeps } from './deps.ts';
import { checkAuthorised, checkKillSwitch, checkVersion } from './preflight.ts';

/** The world check asks for it. It carries no authority: everything is checked here. */
export const PutBackInput = z.object({
  incidentId: IncidentId,
  actionId: ActionId,
  putBack: z.literal(true),
});

export type PutBack = {
  incidentId: string;
  actionId: string;
  status: 'put-back' | 'in-place' | 'ended' | 'target-gone';
  /** What AWS shows, in words. */
  found: string;
};

/**
 * Applies the recorded change again under the approval, the before-state and the due time that are proven. Nothing is
 * captured, prolonged or scheduled.
 *
 * 1. Check the proofs and the kill switch as they are now.
 * 2. Unless the change is in place, apply under the lease, and verify. After a crash the lease shows a begun apply, as
 *    after that of an execution.
 * 3. If the action ended meanwhile, undo under the lease.
 *
 * Throws Denied, Halted, DigestMismatch or IllegalTransition if the action may not be applied again, and StateChanged
 * if the deployment wrote a third state, which the undo would not restore.
 */
export async function putBack(deps: ExecuteDeps, input: unknown): Promise<PutBack> {
  const { incidentId, actionId } = PutBackInput.parse(input);
  const action = await deps.store.records.action(incidentId, actionId);
  checkVersion(action);
  const job = jobOf(action, deps.mechanisms);
  const end = await checkMayReturn(deps, action, job);
  await checkKillSwitch(deps, action);
  const effectKey = end.evidence.effectKey;
  const { driver } = job.mechanism;
  const look = () => driver.verify(job.subject, action.before);
  const seen = await unlessGone(look());
  if ('gone' in seen) return { incidentId, actionId, status: 'target-gone', found: seen.gone };
  if (seen.found.holds)
    return { incidentId, actionId, status: 'in-place', found: seen.found.found };
  await applyUnderLease(deps, job, { effectKey, before: action.before });
  const found = await look();
  if (await hasEnded(deps, action))
    return {
      incidentId,
      actionId,
      status: 'ended',
      found: await takeAway(deps, action, job, effectKey),
    };
  if (!found.holds)
    throw new NotVerified(`verification failed after putting back: ${found.found}`, { actionId });
  await note(deps, action, found.found);
  deps.log('info', 'effect put back', { incidentId, actionId, dueAt: end.dueAt });
  return { incidentId, actionId, status: 'put-back', found: found.found };
}

/** The proven end, if the action may be applied again until then. */
async function checkMayReturn(
  deps: ExecuteDeps,
  action: Action,
  job: Job,
): Promise<End & { evidence: Evidence }> {
  const { incidentId, actionId } = action;
  const end = await readEnd(deps.keys, action);
  const { evidence } = end;
  const why = refusalOf(action, job, end, deps.now());
  if (why !== null || !evidence) {
    deps.log('warn', 'effect not put back', { incidentId, actionId, why });
    throw new Denied(`not put back: ${why}`, { actionId });
  }
  // The same approval counts: how old it was is judged at the time of the first application.
  await checkAuthorised(deps, action, job, new Date(evidence.at));
  return { ...end, evidence };
}

function refusalOf(action: Action, { mechanism }: Job, end: End, now: Date): string | null {
  if (!isInForce(action)) return `the action is ${action.status}`;
  if (!end.evidence || !provesBefore(end.evidence, action.before))
    return 'nothing proves the captured state';
  if (mechanism.alreadyInPlace(action.before)) return 'the change was there before the action';
  return isTooLateToReturn(end, now)
    ? 'the action is due to be undone, or a person ordered it'
    : null;
}

async function hasEnded({ store, keys, now }: ExecuteDeps, action: Action): Promise<boolean> {
  const current = await store.records.action(action.incidentId, action.actionId);
  return !isInForce(current) || isOver(await readEnd(keys, current), now());
}

/** A reversal overtook this change. It found nothing to undo, so the change is undone here. */
async function takeAway(
  deps: ExecuteDeps,
  { incidentId, actionId, before }: Action,
  job: Job,
  effectKey: string,
): Promise<string> {
  const { store, now, log } = deps;
  const claimant = { by: `put-back-${actionId}`, now: now() };
  const living = livingHolders(deps, effectKey);
  const lease = await store.leases.release(effectKey, actionId, claimant, living);
  if (!lease) return HELD_BY_ANOTHER;
  try {
    return await underClaim(store, effectKey, claimant, async () => {
      const found = await revertAndVerify(job, before);
      await store.leases.drop(effectKey, claimant);
      return found;
    });
  } catch (error) {
    log('error', ALARMING.reversalFailed, { incidentId, actionId });
    throw error;
  }
}

/** The pages then say that the change is in place again. In a full history, the hourly check records it. */
const note = ({ store, now }: ExecuteDeps, { incidentId, actionId }: Action, found: string) =>
  store.records.changeAction(incidentId, actionId, (current) =>
    isInForce(current) && !isFull(current.history)
      ? withEntry(current, {
          at: now(),
          by: 'execute',
          event: 'there-again',
          text: `Put back after a deployment removed it: ${found}`,
        })
      : null,
  );
