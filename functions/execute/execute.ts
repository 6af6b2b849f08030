// The execute step: carries out one action in a fixed order of writes.

import * as z from 'zod/mini';
import { type Action, ActionId, IncidentId } from '../domain/action.ts';
import type { Instant } from '../domain/alert.ts';
import { Conflict, NotVerified, UndoFailed } from '../domain/errors.ts';
import { minutesAfter } from '../domain/time.ts';
import { type Job, jobOf } from '../mechanisms/job.ts';
import { overdueAt, scheduleEnd, scheduleReview } from '../platform/schedules.ts';
import { transition } from '../store/hash-chain.ts';
import type { ExecuteDeps } from './deps.ts';
import {
  checkAuthorised,
  checkKeeper,
  checkKillSwitch,
  checkLifetime,
  checkNotOvertaken,
  checkRateLimit,
  checkStillActive,
  checkVersion,
  isUndoneByAPerson,
} from './preflight.ts';

export const ExecuteInput = z.object({ incidentId: IncidentId, actionId: ActionId });

/** Longer than the state machine's retries can take, so that the sweeper doesn't race them. */
const STUCK_AFTER_MINUTES = 20;

/**
 * Executes an action that is `approved`, or `proposed` for automatic execution. Idempotent: a retry after a crash
 * continues from the record, and a call after success does nothing.
 *
 * 1. Take the lease of the effect. Only its first holder captures the before-state. Otherwise a second holder would
 *    take the first one's change for the original state.
 * 2. Record the before-state and the due time, then schedule the reversal. From here on the undo is known.
 * 3. Check again whether the action may still run.
 * 4. Apply, verify, mark as in force.
 */
export async function execute(deps: ExecuteDeps, input: unknown) {
  const { incidentId, actionId } = ExecuteInput.parse(input);
  const { records } = deps.store;
  let action = await records.action(incidentId, actionId);
  if (!isOutstanding(action)) return outcome(action);
  checkVersion(action);
  checkAuthorised(action);
  checkKeeper(deps, action);
  checkLifetime(deps, action);
  const job = jobOf(action, deps.mechanisms);
  await checkKillSwitch(deps, action);
  let before: unknown;
  try {
    before = await captureUnderLease(deps, job);
  } catch (error) {
    if (!(error instanceof UndoFailed) || action.status === 'executing') throw error;
    return outcome(await handOff(deps, action, error));
  }
  action = await record(deps, action, job, before);
  await scheduleEnd(deps.schedules, action, deps.policy.limits);
  await checkStillActive(deps, action);
  await checkRateLimit(deps, action);
  await checkKillSwitch(deps, action);
  await applyAndVerify(deps, job, before);
  return outcome(await markInForce(deps, action, job, before));
}

const outcome = ({ incidentId, actionId, status }: Action) => ({ incidentId, actionId, status });

const isOutstanding = ({ status }: Action) =>
  status === 'proposed' || status === 'approved' || status === 'executing';

async function captureUnderLease(
  { store, now }: ExecuteDeps,
  { subject, effectKey, mechanism }: Job,
) {
  const lease = await store.leases.acquire(effectKey, subject.actionId, now());
  if (lease.captured) return lease.before;
  const found = await mechanism.driver.capture(subject);
  return (await store.leases.recordBefore(effectKey, subject.actionId, found)).before;
}

/** Hands the action off: the effect is stuck after a failed undo, and a person must fix it first. */
function handOff(
  { store, now }: ExecuteDeps,
  { incidentId, actionId }: Action,
  { message }: UndoFailed,
): Promise<Action> {
  const text = `Not applied: ${message}`;
  const reason = { code: 'earlier-undo-failed', text };
  return store.records.changeAction(incidentId, actionId, (current) =>
    current.status === 'proposed' || current.status === 'approved'
      ? transition(
          current,
          'handed-off',
          { at: now(), by: 'execute', text },
          // The sweeper notifies people if the state machine doesn't.
          {
            failure: text,
            reasons: [...current.reasons, reason],
            attentionAt: now().toISOString(),
          },
        )
      : null,
  );
}

/** Writes the before-state and the due time. */
function record(
  { store, policy, now }: ExecuteDeps,
  from: Action,
  { subject, mechanism }: Job,
  before: unknown,
): Promise<Action> {
  const manualUndo = mechanism.manualUndo(subject, before);
  return store.records.changeAction(from.incidentId, from.actionId, (current) => {
    if (current.status === 'executing') return null;
    const at = now();
    const minutes = current.durationMinutes;
    const isTimed = minutes !== null && !isUndoneByAPerson(policy, current);
    const dueAt = isTimed ? minutesAfter(at, minutes) : null;
    const stuckAt = minutesAfter(at, STUCK_AFTER_MINUTES);
    const text = dueAt
      ? `Before-state recorded; to be undone at ${dueAt}`
      : 'Before-state recorded';
    return transition(
      current,
      'executing',
      { at, by: 'execute', text },
      {
        before,
        dueAt,
        attentionAt: earlier(stuckAt, dueAt && overdueAt(dueAt)),
        ...(manualUndo &&
          current.description && { description: { ...current.description, manualUndo } }),
      },
    );
  });
}

const earlier = (a: Instant, b: Instant | null): Instant => (b !== null && b < a ? b : a);

async function applyAndVerify(
  { store, policy, now }: ExecuteDeps,
  { subject, mechanism }: Job,
  before: unknown,
): Promise<void> {
  if (!mechanism.alreadyInPlace(before)) await mechanism.driver.apply(subject, before);
  const seen = await mechanism.driver.verify(subject, before);
  if (seen.holds) return;
  const { actionId } = subject;
  const event = { mishap: 'failedVerifications', actionId } as const;
  await store.killSwitch.note(policy.account, event, policy.limits.breaker, now());
  throw new NotVerified(`verification failed after apply: ${seen.found}`, { actionId });
}

/** How long after a missed review date the sweeper sends the request. */
const REVIEW_GRACE_MINUTES = 24 * 60;

/** An action without a due time is kept by its approver until a review, or by policy if it needs no undo. */
function keptFrom(inForce: Action, at: Date): Action {
  const { approval, durationMinutes } = inForce;
  // Policy may have changed since the record was written, so the record decides.
  if (durationMinutes === null)
    return transition(
      inForce,
      'kept',
      { at, by: 'policy', text: 'Kept: needs no undo' },
      { attentionAt: null },
    );
  const reviewAt = minutesAfter(at, durationMinutes);
  return transition(
    inForce,
    'kept',
    {
      at,
      by: `person:${approval?.decision?.by}`,
      text: `Kept by its approver: only a person undoes it; review due on ${reviewAt.slice(0, 10)}`,
    },
    { reviewAt, attentionAt: minutesAfter(reviewAt, REVIEW_GRACE_MINUTES) },
  );
}

async function markInForce(
  deps: ExecuteDeps,
  action: Action,
  job: Job,
  before: unknown,
): Promise<Action> {
  const { store, now } = deps;
  try {
    const at = now();
    const inForce = transition(
      action,
      'in-force',
      {
        at,
        by: 'execute',
        text: job.mechanism.alreadyInPlace(before)
          ? 'Already in place before this action'
          : 'Applied and verified',
      },
      { appliedAt: at.toISOString(), attentionAt: action.dueAt && overdueAt(action.dueAt) },
    );
    const next = action.dueAt ? inForce : keptFrom(inForce, at);
    // Schedules are made before the record. If the write fails, the reminder finds the action not kept and does
    // nothing.
    await scheduleReview(deps.schedules, next);
    const saved = await store.records.saveAction(action, next);
    await store.entityHistory.note(job.subject.target, {
      event: 'in-force',
      incidentId: action.incidentId,
      actionId: action.actionId,
      name: action.name,
      effect: action.mechanism
        ? { mechanism: action.mechanism, parameters: action.parameters }
        : null,
      at: at.toISOString(),
    });
    return saved;
  } catch (error) {
    if (error instanceof Conflict) await checkNotOvertaken(deps, action);
    throw error;
  }
}
