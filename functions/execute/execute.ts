// The execute step: carries out one action in a fixed order of writes.

import * as z from 'zod/mini';
import type { Authorised } from '../authority/authorise.ts';
import { type Evidence, identityOf, prove } from '../authority/claims.ts';
import { type Action, ActionId, IncidentId } from '../domain/action.ts';
import { IN_PLACE_BEFORE, SHARED } from '../domain/effect-state.ts';
import { Conflict, NotVerified, UndoFailed } from '../domain/errors.ts';
import { earlier, minutesAfter, minutesBetween } from '../domain/time.ts';
import { markedInForce, noteInForce } from '../mechanisms/in-force.ts';
import { type Job, jobOf } from '../mechanisms/job.ts';
import { overdueAt, scheduleEnd, scheduleReview } from '../platform/schedules.ts';
import { digestOf, transition } from '../store/hash-chain.ts';
import { applyUnderLease } from './apply.ts';
import { captureUnderLease, type Held } from './capture.ts';
import type { ExecuteDeps } from './deps.ts';
import {
  checkAuthorised,
  checkEvidence,
  checkKillSwitch,
  checkLifetime,
  checkNotOvertaken,
  checkRateLimit,
  checkStillActive,
  checkVersion,
} from './preflight.ts';

export const ExecuteInput = z.object({ incidentId: IncidentId, actionId: ActionId });

/** Longer than the state machine's retries can take, so that the sweeper doesn't race them. */
const STUCK_AFTER_MINUTES = 20;

/**
 * Executes an action that is `approved`, or `proposed` for automatic execution. Idempotent: a retry after a crash
 * continues from the record, and a call after success does nothing.
 *
 * 1. Check that the action may run, and that a slot is free.
 * 2. Take the lease of the effect, and capture the before-state unless a living holder stands behind an earlier one.
 * 3. Record the before-state and the due time, then schedule the reversal. From here on the undo is known.
 * 4. Check again whether the action may still run.
 * 5. Apply, verify, mark as in force.
 */
export async function execute(deps: ExecuteDeps, input: unknown) {
  const { incidentId, actionId } = ExecuteInput.parse(input);
  const { records } = deps.store;
  let action = await records.action(incidentId, actionId);
  if (!isOutstanding(action)) return outcome(action);
  checkVersion(action);
  checkLifetime(deps, action);
  const job = jobOf(action, deps.mechanisms);
  const authorised = await checkAuthorised(deps, action, job);
  await checkKillSwitch(deps, action);
  if (action.status !== 'executing') await checkRateLimit(deps, action);
  let held: Held;
  try {
    held = await captureUnderLease(deps, action, job);
  } catch (error) {
    if (!(error instanceof UndoFailed) || action.status === 'executing') throw error;
    return outcome(await handOff(deps, action, error));
  }
  const { before } = held;
  action = await record(deps, action, job, { ...held, authorised });
  const evidence = await checkEvidence(deps, action, before);
  await schedule(deps, action, evidence, job);
  await checkStillActive(deps, action, evidence);
  await checkRateLimit(deps, action);
  await checkKillSwitch(deps, action);
  const text = await applyAndVerify(deps, job, held);
  return outcome(await markInForce(deps, action, { text, evidence }));
}

const outcome = ({ incidentId, actionId, status }: Action) => ({ incidentId, actionId, status });

const isOutstanding = ({ status }: Action) =>
  status === 'proposed' || status === 'approved' || status === 'executing';

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
  { store, keys, now }: ExecuteDeps,
  from: Action,
  { subject, mechanism }: Job,
  { effectKey, before, authorised }: Held & { authorised: Authorised },
): Promise<Action> {
  const manualUndo = mechanism.manualUndo(subject, before);
  const { durationMinutes: minutes, keptBy } = authorised;
  return store.records.changeAction(from.incidentId, from.actionId, async (current) => {
    if (current.status === 'executing') return null;
    const at = now();
    const dueAt = keptBy === null && minutes !== null ? minutesAfter(at, minutes) : null;
    const evidence = await prove(keys.evidence, 'evidence', {
      ...identityOf(current),
      effectKey,
      before: digestOf(before),
      dueAt,
      keptBy,
      at: at.toISOString(),
    });
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
        evidence,
        dueAt,
        attentionAt: earlier(stuckAt, dueAt && overdueAt(dueAt)),
        ...(manualUndo &&
          current.description && { description: { ...current.description, manualUndo } }),
      },
    );
  });
}

/** From proofs alone: the schedule must not follow a planted due time or scope. */
const schedule = (
  { schedules, policy }: ExecuteDeps,
  action: Action,
  { dueAt, at }: Evidence,
  { mechanism }: Job,
): Promise<void> => {
  // An approver may have agreed to a shorter time than the action's own.
  const durationMinutes = dueAt === null ? null : minutesBetween(at, dueAt);
  const { scope } = mechanism.info;
  return scheduleEnd(schedules, { ...action, dueAt, durationMinutes, scope }, policy.limits);
};

/** Returns what happened, for the history. */
async function applyAndVerify(deps: ExecuteDeps, job: Job, held: Held): Promise<string> {
  const { store, policy, now } = deps;
  const { before, isShared } = held;
  const { subject, mechanism } = job;
  const { actionId } = subject;
  const look = () => mechanism.driver.verify(subject, before);
  const isInPlace = mechanism.alreadyInPlace(before);
  const isThere = isShared && !isInPlace && (await look()).holds;
  if (!isInPlace && !isThere) await applyUnderLease(deps, job, held);
  const seen = isThere ? { holds: true, found: '' } : await look();
  if (seen.holds && isInPlace) return IN_PLACE_BEFORE;
  if (seen.holds) return isThere ? SHARED : 'Applied and verified';
  const event = { mishap: 'failedVerifications', actionId } as const;
  await store.killSwitch.note(policy.account, event, policy.limits.breaker, now());
  throw new NotVerified(`verification failed after apply: ${seen.found}`, { actionId });
}

async function markInForce(
  deps: ExecuteDeps,
  action: Action,
  { text, evidence }: { text: string; evidence: Evidence },
): Promise<Action> {
  const { store, now } = deps;
  try {
    const next = markedInForce(action, evidence, { at: now(), by: 'execute', text });
    // Schedules are made before the record. If the write fails, the reminder finds the action not kept and does
    // nothing.
    await scheduleReview(deps.schedules, next);
    const saved = await store.records.saveAction(action, next);
    await noteInForce(store, saved);
    return saved;
  } catch (error) {
    if (error instanceof Conflict) await checkNotOvertaken(deps, action);
    throw error;
  }
}
