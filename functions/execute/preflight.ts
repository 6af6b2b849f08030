// Preflight checks: each throws if the action must not run, or ran too late.

import { type Authorised, authorise } from '../authority/authorise.ts';
import type { Evidence } from '../authority/claims.ts';
import { provesBefore, readEnd } from '../authority/end.ts';
import { readRuling } from '../authority/rulings.ts';
import { readVotes } from '../authority/votes.ts';
import { Action } from '../domain/action.ts';
import { informs } from '../domain/action-catalog.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import {
  Conflict,
  Denied,
  Halted,
  IllegalTransition,
  NoSlot,
  Unavailable,
} from '../domain/errors.ts';
import { hasUnknownFields } from '../domain/stored.ts';
import type { Job } from '../mechanisms/job.ts';
import { reviewAfterDays } from '../policy/schemas/actions.ts';
import { concernsSevere } from '../store/severe-actions.ts';
import type { ExecuteDeps } from './deps.ts';

/**
 * A newer version of the code may have recorded a condition that this one ignores. A retry during a deployment helps.
 */
export function checkVersion(action: Action): void {
  if (hasUnknownFields(Action, action))
    throw new Unavailable('a newer version of Countermand wrote this action', {
      actionId: action.actionId,
    });
}

/**
 * Promise 2: an action runs only with the gate's proven ruling and, unless that is automatic, with proven votes. The
 * record's status and its list of votes decide nothing. Throws Denied. `at`: when the age of the decision counts.
 */
export async function checkAuthorised(
  { store, keys, policy, here, now, log }: ExecuteDeps,
  action: Action,
  { mechanism }: Job,
  at: Date = now(),
): Promise<Authorised> {
  const { incidentId, actionId } = action;
  const ruling = await readRuling(keys.rulings, action);
  const drills = ruling?.disposition === 'auto' ? await store.drills.all() : null;
  const result = authorise(action, {
    ruling,
    votes: await readVotes(keys.votes, action),
    policy,
    here,
    mechanism: mechanism.info,
    drill: drills?.get(mechanism.info.id),
    now: at,
  });
  if (!('refused' in result)) return result;
  log('error', ALARMING.notAuthorised, { incidentId, actionId, why: result.refused });
  throw new Denied(`not authorised: ${result.refused}`, { actionId });
}

/** The proven end of the action. Throws Denied if the record has no proof of this before-state: the undo needs it. */
export async function checkEvidence(
  { keys }: ExecuteDeps,
  action: Action,
  before: unknown,
): Promise<Evidence> {
  const { evidence } = await readEnd(keys, action);
  if (evidence && provesBefore(evidence, before)) return evidence;
  throw new Denied('not applied: the recorded before-state is not proven', {
    actionId: action.actionId,
  });
}

export async function checkKillSwitch(
  { store, policy }: ExecuteDeps,
  { actionId, disposition }: Action,
) {
  const { mode, why } = await store.killSwitch.read(policy.account);
  if (mode === 'halt') throw new Halted(`kill switch is set to halt: ${why}`, { actionId });
  if (mode === 'ask' && disposition === 'auto')
    throw new Halted(`kill switch is set to ask, and no person approved the action: ${why}`, {
      actionId,
    });
}

/** The earlier steps may have taken a while. By now the action may have been undone, or may be past its due time. */
export async function checkStillActive(
  { store, now }: ExecuteDeps,
  { incidentId, actionId }: Action,
  { dueAt }: Evidence,
) {
  const { status } = await store.records.action(incidentId, actionId);
  if (status !== 'executing')
    throw new IllegalTransition(`not applied: the action is already ${status}`, { actionId });
  if (dueAt !== null && dueAt <= now().toISOString())
    throw new IllegalTransition(`not applied: the action was due to be undone at ${dueAt}`, {
      actionId,
    });
}

/**
 * Promise 6: minutes may have passed since the gate reserved a slot, and later actions may have reserved the slots of
 * this minute. Moves the reservation to now. Throws NoSlot when no slot is left; the state machine then retries. Slots
 * reserved for severe alerts count as taken for other actions. Tickets and notifications need no slot.
 */
export async function checkRateLimit({ store, policy, now }: ExecuteDeps, action: Action) {
  const { actionId, incidentId, name, target, disposition } = action;
  if (disposition !== 'auto' || !name || !target || informs(name)) return;
  const wanted = {
    ...{ actionId, incidentId, name, target },
    isSevere: await concernsSevere(store, action),
  };
  const slot = await store.limiter.reserve(policy.account, wanted, policy.limits, now);
  if (slot.granted) return;
  if (slot.contended) throw new Conflict(slot.why, { actionId });
  throw new NoSlot(`no slot is free: ${slot.why}`, { actionId });
}

/**
 * Throws if a reversal overtook this execution while it was applying. A retry can't help; the compensation reverts the
 * late apply under the lease.
 */
export async function checkNotOvertaken({ store }: ExecuteDeps, { incidentId, actionId }: Action) {
  const { status } = await store.records.action(incidentId, actionId);
  if (!['proposed', 'approved', 'executing', 'in-force', 'kept'].includes(status))
    throw new IllegalTransition(`applied too late: the action is already ${status}`, { actionId });
}

/**
 * Promise 4: throws if the action was decided with a due time and policy now requires a person to undo it. Its approver
 * never agreed to keep it. Once the action is recorded as executing, its record decides.
 */
export function checkLifetime({ policy }: ExecuteDeps, action: Action): void {
  const { actionId, name, status, durationMinutes } = action;
  const days = name === null ? null : reviewAfterDays(policy.actions[name]);
  if (days === null || status === 'executing' || durationMinutes === days * 24 * 60) return;
  throw new Denied('policy changed how the action ends after it was decided', { actionId });
}
