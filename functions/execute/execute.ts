// Carries out one action in the fixed order: lease, capture, record, schedule the undo, apply, verify, in force.

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
  authorise,
  isUndoneByAPerson,
  refuseAboveRate,
  refuseWhenHalted,
  refuseWhenNewer,
  refuseWhenOver,
  refuseWhenUndone,
  refuseWithoutKeeper,
} from './preflight.ts';

export const ExecuteInput = z.object({ incidentId: IncidentId, actionId: ActionId });

/** Longer than this function's retries can take, so that the sweeper does not race them. */
const STUCK_AFTER_MINUTES = 20;

/**
 * Executes an action that is `proposed` for automatic execution or `approved`. Called again after a crash it goes on
 * where the record says it was; called again after success it does nothing.
 *
 * The lease comes before the capture: only its first holder looks at the state before, so that nobody takes another
 * holder's change for something that was there before us.
 */
export async function execute(deps: ExecuteDeps, input: unknown) {
  const { incidentId, actionId } = ExecuteInput.parse(input);
  const { records } = deps.store;
  let action = await records.action(incidentId, actionId);
  if (!isOutstanding(action)) return outcome(action);
  refuseWhenNewer(action);
  authorise(action);
  refuseWithoutKeeper(deps, action);
  const job = jobOf(action, deps.mechanisms);
  await refuseWhenHalted(deps, action);
  let before: unknown;
  try {
    before = await captureUnderLease(deps, job);
  } catch (error) {
    if (!(error instanceof UndoFailed) || action.status === 'executing') throw error;
    return outcome(await handOver(deps, action, error));
  }
  action = await record(deps, action, job, before);
  await scheduleEnd(deps.schedules, action, deps.policy.limits);
  await refuseWhenOver(deps, action);
  await refuseAboveRate(deps, action);
  await refuseWhenHalted(deps, action);
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

/** Nothing of ours is built on what an earlier undo could not take back: a person has to look at both. */
function handOver(
  { store, now }: ExecuteDeps,
  { incidentId, actionId }: Action,
  { message }: UndoFailed,
): Promise<Action> {
  const text = `Not carried out: ${message}`;
  const reason = { code: 'earlier-undo-failed', text };
  return store.records.changeAction(incidentId, actionId, (current) =>
    current.status === 'proposed' || current.status === 'approved'
      ? transition(
          current,
          'handed-off',
          { at: now(), by: 'execute', text },
          // The sweeper has people told, where the state machine does not.
          {
            failure: text,
            reasons: [...current.reasons, reason],
            attentionAt: now().toISOString(),
          },
        )
      : null,
  );
}

/** The record comes before the change: from here on, whatever happens, the undo is known. */
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
      ? `State before recorded; to be undone at ${dueAt}`
      : 'State before recorded';
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
  if (!mechanism.wasThere(before)) await mechanism.driver.apply(subject, before);
  const seen = await mechanism.driver.verify(subject, before);
  if (seen.holds) return;
  const { actionId } = subject;
  const mishap = { mishap: 'failedVerifications', actionId } as const;
  await store.killSwitch.note(policy.account, mishap, policy.limits.breaker, now());
  throw new NotVerified(`it was applied, but is not there: ${seen.found}`, { actionId });
}

/** The sweeper asks this long after a review date that was missed. */
const REVIEW_GRACE_MINUTES = 24 * 60;

/** What has no due time: kept by its approver until a review, or by policy where it needs no end. */
function keptFrom(inForce: Action, at: Date): Action {
  const { approval, durationMinutes } = inForce;
  // The record decides, not today's policy: policy may have changed since the record was written.
  if (durationMinutes === null)
    return transition(
      inForce,
      'kept',
      { at, by: 'policy', text: 'Kept: it needs no end' },
      { attentionAt: null },
    );
  const reviewAt = minutesAfter(at, durationMinutes);
  return transition(
    inForce,
    'kept',
    {
      at,
      by: `person:${approval?.decision?.by}`,
      text: `Kept with the approval: only a person undoes it; to be reviewed on ${reviewAt.slice(0, 10)}`,
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
        text: job.mechanism.wasThere(before) ? 'It was there before us' : 'Applied and verified',
      },
      { appliedAt: at.toISOString(), attentionAt: action.dueAt && overdueAt(action.dueAt) },
    );
    const next = action.dueAt ? inForce : keptFrom(inForce, at);
    // Before the record, as every schedule: a reminder of an action that is not kept after all does nothing.
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
    if (error instanceof Conflict) await refuseWhenUndone(deps, action);
    throw error;
  }
}
