// Looks whether what is recorded as in force is still there in AWS. It records and tells; it puts nothing back.

import type { Action } from '../domain/action.ts';
import { jobOf } from '../mechanisms/job.ts';
import { errorFields } from '../platform/log.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { ReverseDeps } from './deps.ts';

const isStanding = ({ status }: Action): boolean => status === 'in-force' || status === 'kept';

const isKnownGone = (action: Action): boolean => isLast(action, 'drifted', ['there-again']);

/** The answer of the look that found it may have been lost on the way to those who tell people. */
const isUntold = (action: Action): boolean => isLast(action, 'drifted', ['there-again', 'told']);

function isLast({ history }: Action, wanted: string, others: readonly string[]): boolean {
  const names = [wanted, ...others];
  return history.findLast(({ event }) => names.includes(event))?.event === wanted;
}

/** The action afterwards, and whether people have yet to hear that its effect is gone. */
export async function check(
  { store, mechanisms, now, log }: ReverseDeps,
  action: Action,
): Promise<{ action: Action; drifted: boolean }> {
  if (!isStanding(action)) return { action, drifted: false };
  const { incidentId, actionId } = action;
  try {
    const { mechanism, subject } = jobOf(action, mechanisms);
    const { holds, found } = await mechanism.driver.verify(subject, action.before);
    const seen = await store.records.changeAction(incidentId, actionId, (current) => {
      // What is being undone by now is rightly gone.
      if (!isStanding(current) || holds !== isKnownGone(current)) return null;
      const event = holds ? 'there-again' : 'drifted';
      return withEntry(current, { at: now(), by: 'sweep', event, text: found });
    });
    const drifted = !holds && isStanding(seen) && isUntold(seen);
    if (drifted) log('error', 'effect gone', { incidentId, actionId });
    return { action: seen, drifted };
  } catch (error) {
    // The next look comes within the hour; that one was missed keeps nobody awake.
    log('warn', 'effect not checked', { incidentId, actionId, ...errorFields(error) });
    return { action, drifted: false };
  }
}
