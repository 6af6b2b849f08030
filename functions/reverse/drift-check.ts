// Checks whether an action's effect is still in place in AWS.

import { type Action, isInForce } from '../domain/action.ts';
import { informs } from '../domain/action-catalog.ts';
import { lastCheck } from '../domain/effect-state.ts';
import { jobOf } from '../mechanisms/job.ts';
import type { Observation } from '../mechanisms/mechanism.ts';
import { unlessGone } from '../mechanisms/target-gone.ts';
import { errorFields } from '../platform/log.ts';
import { isFull, withEntry } from '../store/hash-chain.ts';
import type { ReverseDeps } from './deps.ts';

/**
 * Records that the effect is gone, that it is back, or that its target was deleted. Changes nothing in AWS and notifies
 * no one: the world check notifies of all missing effects together.
 */
export async function checkDrift(
  { store, mechanisms, now, log }: ReverseDeps,
  action: Action,
): Promise<Action> {
  // A ticket or a message that was sent: people close it without Countermand.
  if (!isInForce(action) || informs(action.name)) return action;
  const { incidentId, actionId } = action;
  try {
    const { mechanism, subject } = jobOf(action, mechanisms);
    const checked = await unlessGone(mechanism.driver.verify(subject, action.before));
    const { event, text } = resultOf(checked);
    return await store.records.changeAction(incidentId, actionId, (current) => {
      // By now the action may be reversing, and then its effect is supposed to be gone.
      if (!isInForce(current) || event === (lastCheck(current) ?? 'there-again')) return null;
      if (event === 'drifted') {
        log('error', 'effect gone', { incidentId, actionId });
        // The world check still reports it.
        if (isFull(current.history)) return null;
      }
      return withEntry(current, { at: now(), by: 'sweep', event, text });
    });
  } catch (error) {
    // The next check follows within the hour, so a failed one pages no one.
    log('warn', 'effect not checked', { incidentId, actionId, ...errorFields(error) });
    return action;
  }
}

function resultOf(checked: { found: Observation } | { gone: string }) {
  if ('gone' in checked) return { event: 'target-gone', text: checked.gone };
  const { holds, found } = checked.found;
  return { event: holds ? 'there-again' : 'drifted', text: found };
}
