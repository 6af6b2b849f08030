// Checks whether an action's effect is still in place in AWS.

import { type Action, isInForce } from '../domain/action.ts';
import { informs } from '../domain/action-catalog.ts';
import { lastCheck } from '../domain/effect-state.ts';
import { jobOf } from '../mechanisms/job.ts';
import type { Observation } from '../mechanisms/mechanism.ts';
import { unlessGone } from '../mechanisms/target-gone.ts';
import { errorFields } from '../platform/log.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { ReverseDeps } from './deps.ts';

/** True until people were notified. The result of the check that found the drift may have been lost on the way. */
const isNotificationOwed = ({ history }: Action): boolean =>
  history.findLast(({ event }) => event === 'told' || event === lastCheck({ history }))?.event ===
  'drifted';

/**
 * Records that the effect is gone, that it is back, or that its target was deleted. Changes nothing in AWS. `drifted` is
 * true when the effect is gone and people still have to be notified. A deleted target notifies no one: it has nothing
 * left to undo.
 */
export async function checkDrift(
  { store, mechanisms, now, log }: ReverseDeps,
  action: Action,
): Promise<{ action: Action; drifted: boolean }> {
  // A ticket or a message that was sent: people close it without Countermand.
  if (!isInForce(action) || informs(action.name)) return { action, drifted: false };
  const { incidentId, actionId } = action;
  try {
    const { mechanism, subject } = jobOf(action, mechanisms);
    const checked = await unlessGone(mechanism.driver.verify(subject, action.before));
    const { event, text } = resultOf(checked);
    const seen = await store.records.changeAction(incidentId, actionId, (current) => {
      // By now the action may be reversing, and then its effect is supposed to be gone.
      if (!isInForce(current) || event === (lastCheck(current) ?? 'there-again')) return null;
      return withEntry(current, { at: now(), by: 'sweep', event, text });
    });
    const drifted = event === 'drifted' && isInForce(seen) && isNotificationOwed(seen);
    if (drifted) log('error', 'effect gone', { incidentId, actionId });
    return { action: seen, drifted };
  } catch (error) {
    // The next check follows within the hour, so a failed one pages no one.
    log('warn', 'effect not checked', { incidentId, actionId, ...errorFields(error) });
    return { action, drifted: false };
  }
}

function resultOf(checked: { found: Observation } | { gone: string }) {
  if ('gone' in checked) return { event: 'target-gone', text: checked.gone };
  const { holds, found } = checked.found;
  return { event: holds ? 'there-again' : 'drifted', text: found };
}
