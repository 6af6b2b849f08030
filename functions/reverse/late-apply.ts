// Cleans up after an execution that applied after its reversal.

import { type End, mustStay, provesBefore, readEnd } from '../authority/end.ts';
import { livingHolders } from '../authority/holders.ts';
import { inheritsUndo } from '../authority/inherited-undo.ts';
import { leaseKeyOf } from '../authority/lease-key.ts';
import type { Action } from '../domain/action.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { TerminalError } from '../domain/errors.ts';
import { owesNotification } from '../domain/owed-notification.ts';
import { minutesAfter } from '../domain/time.ts';
import { jobOf } from '../mechanisms/job.ts';
import { revertAndVerify, underClaim } from '../mechanisms/revert.ts';
import { unlessGone } from '../mechanisms/target-gone.ts';
import { errorFields } from '../platform/log.ts';
import { overdueAt } from '../platform/schedules.ts';
import { withEntry } from '../store/hash-chain.ts';
import { EXECUTOR_TIMEOUT_MINUTES, type Released } from '../store/lease.ts';
import type { ReverseDeps } from './deps.ts';
import { carriedEvidence, type ReverseInput } from './request.ts';
import { seenInPlace } from './settle.ts';
import { claimantOf } from './undo.ts';

/** An overtaken executor can't apply anything later than this after the reversal. */
export const CLEAN_UP_AFTER_MINUTES = 5;

/**
 * True when an executor may still be running and could apply after the reversal. A failed executor no longer runs, and
 * an executor doesn't start for an action that is already undone.
 */
export function mayApplyLate(
  { appliedAt, history }: Action,
  { cause }: ReverseInput,
  now: Date,
): boolean {
  if (cause === 'execution-failed') return false;
  const reversingSince = history.find(({ event }) => event === 'reversing')?.at ?? null;
  return [reversingSince, appliedAt].every(
    (at) => at === null || minutesAfter(at, EXECUTOR_TIMEOUT_MINUTES) > now.toISOString(),
  );
}

/**
 * Cleans up after this race:
 * 1. An executor starts and is delayed.
 * 2. A reversal ends the action and releases the lease.
 * 3. The executor takes the lease again, or applies.
 *
 * Reverts the late apply and releases the lease. Unless the lease records an apply whose end is not known, it reads
 * nothing in AWS: a change that exists by then is someone else's.
 */
export async function cleanUp(
  deps: ReverseDeps,
  action: Action,
  request: ReverseInput,
): Promise<Action> {
  const { store, now } = deps;
  const { cause } = request;
  const { incidentId, actionId, attentionAt } = action;
  if (attentionAt === null || !action.effectKey) return action;
  const effectKey = await leaseKeyOf(deps, action, carriedEvidence(request));
  const end = await readEnd(deps.keys, action, carriedEvidence(request));
  const stays = mustStay(end, request, now()) ? await leave(deps, action, end) : null;
  if (stays) return stays;
  const claimant = claimantOf(request, now());
  const living = livingHolders(deps, effectKey);
  const lease = await store.leases.release(effectKey, actionId, claimant, living);
  const late =
    lease &&
    (await underClaim(store, effectKey, claimant, async () => {
      const before = await provenBefore(deps, action, end, { effectKey, lease });
      const found = before ? await revertLateApply(deps, action, before.value) : null;
      await store.leases.drop(effectKey, claimant);
      return found;
    }));
  const endedAt =
    action.history.findLast(({ event }) => event === action.status)?.at ?? action.createdAt;
  const isLastCheck =
    cause === 'execution-failed' ||
    minutesAfter(endedAt, CLEAN_UP_AFTER_MINUTES) <= now().toISOString();
  return store.records.changeAction(incidentId, actionId, (current) => {
    const seen = late
      ? withEntry(current, { at: now(), by: 'reverse', event: 'late-change', text: late })
      : { ...current, version: current.version + 1 };
    // The sweeper sends an owed notification.
    return {
      ...seen,
      attentionAt: isLastCheck && !owesNotification(current) ? null : current.attentionAt,
    };
  });
}

/** Leaves a change in place until its proven end. Null when it is not in place. */
async function leave(
  { store, mechanisms, now, log }: ReverseDeps,
  action: Action,
  { evidence, dueAt }: End,
): Promise<Action | null> {
  if (!evidence) return null;
  const { incidentId, actionId, status } = action;
  const lease = await store.leases.find(evidence.effectKey);
  const isHeld =
    lease?.holders.includes(actionId) || lease?.applies.some(({ by }) => by === actionId);
  if (!isHeld) return null;
  const before = [action.before, lease?.before].find((one) => provesBefore(evidence, one));
  const found = await seenInPlace(mechanisms, action, evidence, before);
  if (found === null) return null;
  const why = `the record says ${status}, but the change is in place and not due`;
  log('error', ALARMING.recordAltered, { incidentId, actionId, why });
  const text = `In place, and left until ${dueAt ?? 'a person undoes it'}: ${found}`;
  return store.records.changeAction(incidentId, actionId, (current) => ({
    ...withEntry(current, { at: now(), by: 'reverse', event: 'late-change', text }),
    attentionAt: dueAt && overdueAt(dueAt),
  }));
}

/**
 * The state to restore, if an executor proves it: the action's own capture, for an apply whose end is not known, or
 * that of an ended holder that handed the effect on. Null if none of our changes can be in place.
 */
async function provenBefore(
  deps: ReverseDeps,
  { actionId }: Action,
  { evidence }: End,
  { effectKey, lease }: { effectKey: string; lease: Released },
): Promise<{ value: unknown } | null> {
  if (!lease.captured || !lease.begun) return null;
  const value = lease.before;
  const mayBeLate = lease.applies.some(({ by }) => by === actionId);
  const isProven = evidence
    ? mayBeLate && provesBefore(evidence, value)
    : await inheritsUndo(deps, effectKey, lease);
  return isProven ? { value } : null;
}

/** The result of the revert in words, or null when there was nothing to revert. */
async function revertLateApply(
  { mechanisms, log }: ReverseDeps,
  action: Action,
  before: unknown,
): Promise<string | null> {
  const { incidentId, actionId } = action;
  try {
    const job = jobOf(action, mechanisms);
    const seen = await unlessGone(job.mechanism.driver.verifyReverted(job.subject, before));
    if ('gone' in seen || seen.found.holds) return null;
    return await revertAndVerify(job, before);
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    // A retry would not help. This line raises an alarm for a person.
    log('error', ALARMING.reversalFailed, { incidentId, actionId, ...errorFields(error) });
    return `${error.name}: ${error.message}`;
  }
}
