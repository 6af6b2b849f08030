// Checks whether an action's effect is still in place in AWS.

import type { Action } from '../domain/action.ts';
import { jobOf } from '../mechanisms/job.ts';
import { errorFields } from '../platform/log.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { ReverseDeps } from './deps.ts';

const isInPlace = ({ status }: Action): boolean => status === 'in-force' || status === 'kept';

const isKnownGone = (action: Action): boolean => isLast(action, 'drifted', ['there-again']);

/** True until people were notified. The result of the check that found the drift may have been lost on the way. */
const isNotificationOwed = (action: Action): boolean =>
  isLast(action, 'drifted', ['there-again', 'told']);

function isLast({ history }: Action, wanted: string, others: readonly string[]): boolean {
  const names = [wanted, ...others];
  return history.findLast(({ event }) => names.includes(event))?.event === wanted;
}

/**
 * Records that the effect is gone or back in place, and changes nothing in AWS. `drifted` is true when the effect is
 * gone and people still have to be notified.
 */
export async function checkDrift(
  { store, mechanisms, now, log }: ReverseDeps,
  action: Action,
): Promise<{ action: Action; drifted: boolean }> {
  if (!isInPlace(action)) return { action, drifted: false };
  const { incidentId, actionId } = action;
  try {
    const { mechanism, subject } = jobOf(action, mechanisms);
    const { holds, found } = await mechanism.driver.verify(subject, action.before);
    const seen = await store.records.changeAction(incidentId, actionId, (current) => {
      // By now the action may be reversing, and then its effect is supposed to be gone.
      if (!isInPlace(current) || holds !== isKnownGone(current)) return null;
      const event = holds ? 'there-again' : 'drifted';
      return withEntry(current, { at: now(), by: 'sweep', event, text: found });
    });
    const drifted = !holds && isInPlace(seen) && isNotificationOwed(seen);
    if (drifted) log('error', 'effect gone', { incidentId, actionId });
    return { action: seen, drifted };
  } catch (error) {
    // The next check follows within the hour, so a failed one pages no one.
    log('warn', 'effect not checked', { incidentId, actionId, ...errorFields(error) });
    return { action, drifted: false };
  }
}
