// An action that should have moved on by now: its answer is passed on, its request ended, its change undone.

import type { Action } from '../domain/action.ts';
import { NotFound } from '../domain/errors.ts';
import { needsManualReversal, owesNotification } from '../domain/owed-notification.ts';
import { minutesAfter } from '../domain/time.ts';
import { errorFields } from '../platform/log.ts';
import { transition, withEntry } from '../store/hash-chain.ts';
import type { SweepDeps } from './deps.ts';

const LOOK_AGAIN_MINUTES = 5;
/** What was broken may be mended at any time: it is undone soon after. */
const SELDOM_MINUTES = 15;
/** Further looks leave no entry: an item ends at 400 KB, and what is stuck for weeks must not outgrow it. */
const NOTED_LOOKS = 8;
const KEPT_AGAIN_MINUTES = 7 * 24 * 60;

/** Whatever it does, the next look is later, or never: one action does not take every sweep. */
export async function help(deps: SweepDeps, action: Action): Promise<void> {
  const { incidentId, actionId } = action;
  deps.log('warn', 'overdue', {
    incidentId,
    actionId,
    status: action.status,
    since: action.attentionAt,
  });
  if (needsManualReversal(action)) return hear(deps, action);
  switch (action.status) {
    case 'awaiting-approval':
      return expire(deps, action);
    case 'expired':
      return action.askedAnew ? startAnew(deps, action, action.askedAnew) : expire(deps, action);
    case 'approved':
      return passOn(deps, action);
    case 'handed-off':
      await deps.tell({ incidentId, actionId });
      return lookAgain(deps, action);
    case 'kept':
      await deps.tell({ incidentId, actionId });
      return lookAgain(deps, action, minutesAfter(deps.now(), KEPT_AGAIN_MINUTES));
    case 'proposed':
    case 'executing':
    case 'in-force':
    case 'reversing':
    case 'reversal-failed':
    // These two are over, but an execution that a reversal overtook may have left something.
    case 'reversed':
    case 'failed':
      if (owesNotification(action)) await deps.tell({ incidentId, actionId });
      await undo(deps, action);
      return lookAgain(deps, action);
    default:
      return lookAgain(deps, action, null);
  }
}

/** The state machine is gone or deaf: the request ends here, on time, with nothing done; whoever tells people ends the looks. */
async function expire(
  { store, callback, tell, now, log }: SweepDeps,
  action: Action,
): Promise<void> {
  const { incidentId, actionId } = action;
  const text = 'No one decided in time; found by the sweeper';
  const ended = await store.records.changeAction(incidentId, actionId, (current) =>
    current.status === 'awaiting-approval'
      ? transition(current, 'expired', { at: now(), by: 'sweep', text })
      : null,
  );
  if (ended.status !== 'expired') return;
  const token = ended.approval?.taskToken;
  const woken = token ? await wake({ callback, log }, ended, token, 'expired') : false;
  // A state machine that took the answer tells people itself.
  if (!woken) await tell({ incidentId, actionId });
  await lookAgain({ store, now }, ended);
}

/** It was told when it failed, unless nobody could be reached then. */
async function hear(deps: SweepDeps, action: Action): Promise<void> {
  if (!owesNotification(action)) return lookAgain(deps, action, null);
  await deps.tell({ incidentId: action.incidentId, actionId: action.actionId });
  await lookAgain(deps, action);
}

/** A person approved and the answer was lost: pass it on, or, when nobody waits for it, say that nothing was done. */
async function passOn(deps: SweepDeps, action: Action): Promise<void> {
  const token = action.approval?.taskToken;
  if (token && (await wake(deps, action, token, 'approved'))) return lookAgain(deps, action);
  await deps.tell({ incidentId: action.incidentId, actionId: action.actionId });
  await undo(deps, action);
  await lookAgain(deps, action);
}

/** The name carries the version: one start per state of affairs, however many sweeps see it. */
const undo = (
  { startReverse }: SweepDeps,
  { incidentId, actionId, scope, version }: Action,
): Promise<void> =>
  startReverse(`sweep-${actionId}-${version}`, {
    incidentId,
    actionId,
    scope: scope ?? 'none',
    cause: 'sweeper',
    by: 'sweep',
  });

async function wake(
  { callback, log }: Pick<SweepDeps, 'callback' | 'log'>,
  { actionId }: Action,
  token: string,
  verdict: string,
): Promise<boolean> {
  try {
    await callback(token, { verdict });
    return true;
  } catch (error) {
    // Anything but "nobody waits" may pass: the next sweep tries again.
    if (!(error instanceof NotFound)) throw error;
    log('info', 'the state machine no longer waits', { actionId, ...errorFields(error) });
    return false;
  }
}

/** A manager had it asked anew, and the new question may never have been put. */
async function startAnew(
  deps: SweepDeps,
  action: Action,
  asked: NonNullable<Action['askedAnew']>,
): Promise<void> {
  const { incidentId, alertId, actionId } = action;
  const isPut = await deps.store.records.findAction(incidentId, asked.actionId);
  if (isPut) return lookAgain(deps, action, null);
  const name = `again-${asked.actionId}-${action.version}`;
  await deps.startRespond(name, { incidentId, alertId, askAnew: actionId });
  return lookAgain(deps, action);
}

const looksAt = ({ history }: Action): number =>
  history.filter(({ event }) => event === 'swept').length;

/** Moves the next look into the future, or ends them, where the record is still as it was seen. */
async function lookAgain(
  { store, now }: Pick<SweepDeps, 'store' | 'now'>,
  seen: Action,
  attentionAt: string | null = minutesAfter(
    now(),
    Math.min(LOOK_AGAIN_MINUTES * 2 ** looksAt(seen), SELDOM_MINUTES),
  ),
) {
  const isNoted = attentionAt !== null && looksAt(seen) < NOTED_LOOKS;
  const text = `Found overdue: ${seen.status}`;
  await store.records.changeAction(seen.incidentId, seen.actionId, (current) =>
    current.version === seen.version && current.attentionAt === seen.attentionAt
      ? {
          ...(isNoted
            ? withEntry(current, { at: now(), by: 'sweep', event: 'swept', text })
            : { ...current, version: current.version + 1 }),
          attentionAt,
        }
      : null,
  );
}
