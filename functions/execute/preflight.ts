// What stops an action at the last moment, whoever called and however long ago it was decided; and what says that it came too late.

import { Action } from '../domain/action.ts';
import { Conflict, Denied, Halted, IllegalTransition, Unavailable } from '../domain/errors.ts';
import { hasUnknownFields } from '../domain/stored.ts';
import { reviewAfterDays } from '../policy/schemas/actions.ts';
import type { ExecuteDeps } from './deps.ts';

/** A newer version may have recorded a condition that this one does not know. During a deployment, trying again helps. */
export function refuseWhenNewer(action: Action): void {
  if (hasUnknownFields(Action, action))
    throw new Unavailable('a newer version wrote this action; this one would not know it all', {
      actionId: action.actionId,
    });
}

/** Promise 2, at the last door: whatever called us, nothing runs that neither policy nor a person let run. */
export function authorise({ actionId, status, disposition, approval }: Action): void {
  const byPolicy = disposition === 'auto';
  const byPerson = disposition === 'approve' && approval?.decision?.verdict === 'approved';
  if (!byPolicy && !byPerson)
    throw new Denied(`nothing allows this action (${disposition}, ${status}) to run`, { actionId });
}

export async function refuseWhenHalted(
  { store, policy, now }: ExecuteDeps,
  { actionId, disposition }: Action,
) {
  const { mode, why } = await store.killSwitch.read(policy.account, now());
  if (mode === 'halt') throw new Halted(`the switch stands at halt: ${why}`, { actionId });
  if (mode === 'ask' && disposition === 'auto')
    throw new Halted(`the switch stands at ask, and no person was asked: ${why}`, { actionId });
}

/** The way here may have taken long: it may be undone meanwhile, or its time may be over. */
export async function refuseWhenOver(
  { store, now }: ExecuteDeps,
  { incidentId, actionId }: Action,
) {
  const { status, dueAt } = await store.records.action(incidentId, actionId);
  if (status !== 'executing')
    throw new IllegalTransition(`it is ${status} by now, and not applied any more`, { actionId });
  if (dueAt !== null && dueAt <= now().toISOString())
    throw new IllegalTransition(`its time was over at ${dueAt}, before it was applied`, {
      actionId,
    });
}

/**
 * Promise 6, where it happens: the way here may have taken minutes, so that what was decided in one minute and what is
 * decided in the next would be applied together. Its place moves to now; where others have all of them by now, people
 * are told that it was not done.
 */
export async function refuseAboveRate({ store, policy, now }: ExecuteDeps, action: Action) {
  const { actionId, incidentId, name, target, disposition } = action;
  if (disposition !== 'auto' || !name || !target) return;
  const wanted = { actionId, incidentId, name, target };
  const place = await store.limiter.reserve(policy.account, wanted, policy.limits, now);
  if (place.granted) return;
  if (place.contended) throw new Conflict(place.why, { actionId });
  throw new Halted(`it waited too long, and there is no place left: ${place.why}`, { actionId });
}

/**
 * A reversal may have overtaken us while we were applying. Trying again cannot help then; whoever compensates for us takes
 * our late change back, under the lease.
 */
export async function refuseWhenUndone({ store }: ExecuteDeps, { incidentId, actionId }: Action) {
  const { status } = await store.records.action(incidentId, actionId);
  if (!['proposed', 'approved', 'executing', 'in-force', 'kept'].includes(status))
    throw new IllegalTransition(`it is ${status} by now, and was applied too late`, { actionId });
}

/** True where policy has no schedule undo the action, because that would reopen what it closed. */
export const isUndoneByAPerson = (
  { actions }: ExecuteDeps['policy'],
  { name }: Pick<Action, 'name'>,
): boolean => name !== null && reviewAfterDays(actions[name]) !== null;

/** Promise 4: an action that is never undone by itself needs a named person who keeps it. */
export function refuseWithoutKeeper(
  { policy }: ExecuteDeps,
  action: Pick<Action, 'actionId' | 'name' | 'approval'>,
): void {
  const { actionId, approval } = action;
  if (isUndoneByAPerson(policy, action) && !approval?.decision)
    throw new Denied('only a person undoes this action, and nobody approved it', { actionId });
}
