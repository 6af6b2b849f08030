// The execute step: carries out one action in a fixed order of writes.

import * as z from 'zod/mini';
import type { Authorised } from '../authority/authorise.ts';
import { type Evidence, identityOf, prove } from '../authority/claims.ts';
import { isValidBefore } from '../authority/holders.ts';
import { type Action, ActionId, IncidentId } from '../domain/action.ts';
import type { Instant } from '../domain/alert.ts';
import { IN_PLACE_BEFORE } from '../domain/effect-state.ts';
import { Conflict, Denied, NotVerified, UndoFailed } from '../domain/errors.ts';
import { minutesAfter } from '../domain/time.ts';
import { markedInForce, noteInForce } from '../mechanisms/in-force.ts';
import { type Job, jobOf } from '../mechanisms/job.ts';
import { overdueAt, scheduleEnd, scheduleReview } from '../platform/schedules.ts';
import { digestOf, transition } from '../store/hash-chain.ts';
import type { Lease } from '../store/leases.ts';
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
  checkLifetime(deps, action);
  const job = jobOf(action, deps.mechanisms);
  const authorised = await checkAuthorised(deps, action, job);
  await checkKillSwitch(deps, action);
  let before: unknown;
  try {
    before = await captureUnderLease(deps, action, job);
  } catch (error) {
    if (!(error instanceof UndoFailed) || action.status === 'executing') throw error;
    return outcome(await handOff(deps, action, error));
  }
  action = await record(deps, action, job, { before, authorised });
  const evidence = await checkEvidence(deps, action, before);
  await schedule(deps, action, evidence, job);
  await checkStillActive(deps, action, evidence);
  await checkRateLimit(deps, action);
  await checkKillSwitch(deps, action);
  await applyAndVerify(deps, job, before);
  return outcome(await markInForce(deps, action, job, { before, evidence }));
}

const outcome = ({ incidentId, actionId, status }: Action) => ({ incidentId, actionId, status });

const isOutstanding = ({ status }: Action) =>
  status === 'proposed' || status === 'approved' || status === 'executing';

async function captureUnderLease(
  deps: ExecuteDeps,
  action: Action,
  { subject, effectKey, mechanism }: Job,
): Promise<unknown> {
  const { store, keys, now } = deps;
  const { incidentId, actionId } = action;
  const at = now().toISOString();
  const proof = await prove(keys.evidence, 'hold', { ...identityOf(action), effectKey, at });
  const lease = await store.leases.acquire(effectKey, actionId, now(), { incidentId, proof });
  if (lease.captured) return provenBefore(deps, action, effectKey, lease);
  const found = await mechanism.driver.capture(subject);
  const claims = { effectKey, actionId, before: digestOf(found), at: now().toISOString() };
  const capture = await prove(keys.evidence, 'capture', claims);
  const captured = await store.leases.recordBefore(effectKey, actionId, found, capture);
  return provenBefore(deps, action, effectKey, captured);
}

/** Throws Denied if no executor proves the lease's before-state. */
async function provenBefore(
  deps: ExecuteDeps,
  { actionId }: Action,
  effectKey: string,
  lease: Lease,
): Promise<unknown> {
  if (await isValidBefore(deps, effectKey, actionId, lease)) return lease.before;
  throw new Denied('not applied: the before-state of the shared effect is not proven', {
    effectKey,
  });
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
  { store, keys, now }: ExecuteDeps,
  from: Action,
  { subject, effectKey, mechanism }: Job,
  { before, authorised }: { before: unknown; authorised: Authorised },
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
  { dueAt }: Evidence,
  { mechanism }: Job,
): Promise<void> =>
  scheduleEnd(schedules, { ...action, dueAt, scope: mechanism.info.scope }, policy.limits);

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

async function markInForce(
  deps: ExecuteDeps,
  action: Action,
  job: Job,
  { before, evidence }: { before: unknown; evidence: Evidence },
): Promise<Action> {
  const { store, now } = deps;
  try {
    const text = job.mechanism.alreadyInPlace(before) ? IN_PLACE_BEFORE : 'Applied and verified';
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
