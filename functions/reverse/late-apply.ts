// What an execution may leave behind that a reversal overtook: it goes when the action is looked at once more.

import type { Action } from '../domain/action.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { TerminalError } from '../domain/errors.ts';
import { owesNotification } from '../domain/owed-notification.ts';
import { minutesAfter } from '../domain/time.ts';
import { jobOf } from '../mechanisms/job.ts';
import { errorFields } from '../platform/log.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { ReverseDeps } from './deps.ts';
import type { ReverseInput } from './request.ts';

import { claimantOf, revertAndVerify, underClaim } from './undo.ts';

/** More than the time limit of an executor in infra/function-table.ts. */
export const EXECUTOR_LIVES_MINUTES = 3;
/** When nothing of an execution can be left that a reversal overtook. */
export const LAST_LOOK_AFTER_MINUTES = 5;

/**
 * Whether an executor that was called for it may still be at work, and act after the reversal. One that failed is not,
 * and one whose action is seen to be undone does not begin.
 */
export function mayBeFollowed(
  { appliedAt, history }: Action,
  { cause }: ReverseInput,
  now: Date,
): boolean {
  if (cause === 'execution-failed') return false;
  const begunAt = history.find(({ event }) => event === 'reversing')?.at ?? null;
  return [begunAt, appliedAt].every(
    (at) => at === null || minutesAfter(at, EXECUTOR_LIVES_MINUTES) > now.toISOString(),
  );
}

/**
 * An execution that was overtaken may have taken the lease, or acted, after the end: whatever is left of it goes. Where
 * none was, this looks at nothing: what is there by now is somebody else's.
 */
export async function lookOnceMore(
  deps: ReverseDeps,
  action: Action,
  request: ReverseInput,
): Promise<Action> {
  const { store, now } = deps;
  const { cause } = request;
  const { incidentId, actionId, effectKey, attentionAt } = action;
  if (attentionAt === null || !effectKey) return action;
  const claimant = claimantOf(request, now());
  const lease = await store.leases.release(effectKey, actionId, claimant);
  const late =
    lease &&
    (await underClaim(store, effectKey, claimant, async () => {
      const before = lease.captured ? lease.before : action.before;
      const mayBeLeft = action.before !== null || lease.handedOn;
      const found = mayBeLeft ? await takeBackLate(deps, action, before) : null;
      await store.leases.drop(effectKey, claimant);
      return found;
    }));
  const endedAt =
    action.history.findLast(({ event }) => event === action.status)?.at ?? action.createdAt;
  const isOver =
    cause === 'execution-failed' ||
    minutesAfter(endedAt, LAST_LOOK_AFTER_MINUTES) <= now().toISOString();
  return store.records.changeAction(incidentId, actionId, (current) => {
    const seen = late
      ? withEntry(current, { at: now(), by: 'reverse', event: 'late-change', text: late })
      : { ...current, version: current.version + 1 };
    // The sweeper tells who has not heard of it.
    return {
      ...seen,
      attentionAt: isOver && !owesNotification(current) ? null : current.attentionAt,
    };
  });
}

/** What was found and what became of it, or null where nothing was left. */
async function takeBackLate(
  { mechanisms, log }: ReverseDeps,
  action: Action,
  before: unknown,
): Promise<string | null> {
  const { incidentId, actionId } = action;
  try {
    const job = jobOf(action, mechanisms);
    const seen = await job.mechanism.driver.verifyReverted(job.subject, before);
    return seen.holds ? null : await revertAndVerify(job, before);
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    // Looking again would not help: the alarm on this line is for a person.
    log('error', ALARMING.reversalFailed, { incidentId, actionId, ...errorFields(error) });
    return `${error.name}: ${error.message}`;
  }
}
