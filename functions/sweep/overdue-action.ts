// Continues an overdue action: expires, answers, undoes or notifies.

import type { Action } from '../domain/action.ts';
import { NotFound } from '../domain/errors.ts';
import {
  isCheckedForWork,
  isStoppedByGate,
  needsManualReversal,
  owesNotification,
  owesOutcome,
} from '../domain/owed-notification.ts';
import { earlier, minutesAfter } from '../domain/time.ts';
import { errorFields } from '../platform/log.ts';
import { overdueAt } from '../platform/schedules.ts';
import { transition, withEntry } from '../store/hash-chain.ts';
import type { SweepDeps } from './deps.ts';

const FIRST_CHECK_MINUTES = 5;
/** Short enough that an undo follows soon after its cause is fixed. */
const MAX_CHECK_MINUTES = 15;
/** Later checks are not recorded: a DynamoDB item holds 400 KB, and an action may be stuck for weeks. */
const RECORDED_CHECKS = 8;
const REVIEW_AGAIN_MINUTES = 7 * 24 * 60;

/** Always postpones or ends the next check, so that one action doesn't take up every sweep. */
export async function continueAction(deps: SweepDeps, action: Action): Promise<void> {
  const { incidentId, actionId } = action;
  deps.log('warn', 'overdue', {
    incidentId,
    actionId,
    status: action.status,
    since: action.attentionAt,
  });
  if (needsManualReversal(action) || isCheckedForWork(action)) return notifyIfOwed(deps, action);
  const continuesAt = continuationOf(action);
  if (continuesAt && continuesAt > deps.now().toISOString())
    return notifyBefore(deps, action, continuesAt);
  switch (action.status) {
    case 'awaiting-approval':
      return expire(deps, action);
    case 'expired':
      return action.askedAnew ? requestAgain(deps, action, action.askedAnew) : expire(deps, action);
    case 'approved':
      return passOn(deps, action);
    case 'handed-off':
      await deps.notify({ incidentId, actionId });
      return checkLater(deps, action);
    case 'declined':
    case 'observed':
      if (!owesOutcome(action)) return checkLater(deps, action, null);
      await deps.notify({ incidentId, actionId });
      return checkLater(deps, action);
    case 'kept':
      if (action.reviewAt === null && !owesOutcome(action)) return checkLater(deps, action, null);
      await deps.notify({ incidentId, actionId });
      return checkLater(
        deps,
        action,
        action.reviewAt ? minutesAfter(deps.now(), REVIEW_AGAIN_MINUTES) : undefined,
      );
    case 'proposed':
    case 'executing':
    case 'in-force':
    case 'reversing':
    case 'reversal-failed':
    // These two have ended, but an overtaken execution may have applied late.
    case 'reversed':
    case 'failed':
      if (isStoppedByGate(action)) return notifyIfOwed(deps, action);
      if (owesNotification(action)) await deps.notify({ incidentId, actionId });
      await undo(deps, action);
      return checkLater(deps, action);
    default:
      return checkLater(deps, action, null);
  }
}

/**
 * Expires a request that the state machine did not expire. If the state machine still waits, it gets the answer and
 * notifies people. Otherwise this calls `notify`, which ends the checks once someone was notified.
 */
async function expire(
  { store, callback, notify, now, log }: SweepDeps,
  action: Action,
): Promise<void> {
  const { incidentId, actionId } = action;
  const text = 'The time to decide ended; expired by the sweeper';
  const ended = await store.records.changeAction(incidentId, actionId, (current) =>
    current.status === 'awaiting-approval'
      ? transition(current, 'expired', { at: now(), by: 'sweep', text })
      : null,
  );
  if (ended.status !== 'expired') return;
  const token = ended.approval?.taskToken;
  const answered = token ? await answer({ callback, log }, ended, token, 'expired') : false;
  if (!answered) await notify({ incidentId, actionId });
  await checkLater({ store, now }, ended);
}

/** When the sweeper continues the action itself, or null. Before that, it only sends owed notifications. */
function continuationOf({ status, approval, dueAt, reviewAt }: Action): string | null {
  if (status === 'awaiting-approval') return approval?.expiresAt ?? null;
  if (!approval?.decision) return null;
  if (status === 'in-force') return dueAt && overdueAt(dueAt);
  return status === 'kept' ? reviewAt : null;
}

/** Sends the notification that the state machine did not send. Does not change the status. */
async function notifyBefore(deps: SweepDeps, action: Action, continuesAt: string): Promise<void> {
  const { incidentId, actionId } = action;
  const isOwed = owesOutcome(action);
  if (isOwed) await deps.notify({ incidentId, actionId });
  const again = minutesAfter(deps.now(), FIRST_CHECK_MINUTES);
  const attentionAt = isOwed ? earlier(again, continuesAt) : continuesAt;
  await deps.store.records.changeAction(incidentId, actionId, (current) =>
    current.version === action.version
      ? { ...current, attentionAt, version: current.version + 1 }
      : null,
  );
}

/** Sends the notification that is owed after a failure, unless it was sent then. */
async function notifyIfOwed(deps: SweepDeps, action: Action): Promise<void> {
  if (!owesNotification(action)) return checkLater(deps, action, null);
  await deps.notify({ incidentId: action.incidentId, actionId: action.actionId });
  await checkLater(deps, action);
}

/** A person approved and the answer was lost. Answers the state machine; if it no longer waits, ends the action. */
async function passOn(deps: SweepDeps, action: Action): Promise<void> {
  const token = action.approval?.taskToken;
  if (token && (await answer(deps, action, token, 'approved'))) return checkLater(deps, action);
  await deps.notify({ incidentId: action.incidentId, actionId: action.actionId });
  await undo(deps, action);
  await checkLater(deps, action);
}

/** The execution's name contains the record's version, so that repeated sweeps start one execution. */
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

/** Answers the waiting state machine. False when it no longer waits. */
async function answer(
  { callback, log }: Pick<SweepDeps, 'callback' | 'log'>,
  { actionId }: Action,
  token: string,
  verdict: string,
): Promise<boolean> {
  try {
    await callback(token, { verdict });
    return true;
  } catch (error) {
    // Any other error may be temporary: the next sweep retries.
    if (!(error instanceof NotFound)) throw error;
    log('info', 'the state machine no longer waits', { actionId, ...errorFields(error) });
    return false;
  }
}

/** A manager requested the action again. Starts the execution if the new action doesn't exist yet. */
async function requestAgain(
  deps: SweepDeps,
  action: Action,
  asked: NonNullable<Action['askedAnew']>,
): Promise<void> {
  const { incidentId, alertId, actionId } = action;
  const exists = await deps.store.records.findAction(incidentId, asked.actionId);
  if (exists) return checkLater(deps, action, null);
  const name = `again-${asked.actionId}-${action.version}`;
  await deps.startRespond(name, { incidentId, alertId, askAnew: actionId });
  return checkLater(deps, action);
}

const recordedChecks = ({ history }: Action): number =>
  history.filter(({ event }) => event === 'swept').length;

/** Whether the record has not changed since, except for entries about a notification. */
const isSame = (current: Action, seen: Action): boolean =>
  current.attentionAt === seen.attentionAt &&
  (current.version === seen.version ||
    (current.history.length > seen.history.length &&
      current.history.slice(seen.history.length).every(({ by }) => by === 'notify')));

/** Postpones the next check, or ends the checks with null. Does nothing if the record has changed since. */
async function checkLater(
  { store, now }: Pick<SweepDeps, 'store' | 'now'>,
  seen: Action,
  attentionAt: string | null = minutesAfter(
    now(),
    Math.min(FIRST_CHECK_MINUTES * 2 ** recordedChecks(seen), MAX_CHECK_MINUTES),
  ),
) {
  const isRecorded = attentionAt !== null && recordedChecks(seen) < RECORDED_CHECKS;
  const text = `Found overdue: ${seen.status}`;
  await store.records.changeAction(seen.incidentId, seen.actionId, (current) =>
    isSame(current, seen)
      ? {
          ...(isRecorded
            ? withEntry(current, { at: now(), by: 'sweep', event: 'swept', text })
            : { ...current, version: current.version + 1 }),
          attentionAt,
        }
      : null,
  );
}
