// Settles an action that stopped half-way, by what AWS shows.

import type { End } from '../authority/end.ts';
import type { Action } from '../domain/action.ts';
import { markedInForce, noteInForce } from '../mechanisms/in-force.ts';
import { jobOf } from '../mechanisms/job.ts';
import { overdueAt } from '../platform/schedules.ts';
import { digestOf, withEntry } from '../store/hash-chain.ts';
import type { ReverseDeps } from './deps.ts';

/**
 * If the change is in place, it stays until its proven end: returns the action, in force or waiting for that time.
 * Returns null if the change is not in place, so that the undo can clean up the rest.
 */
export async function settle(
  { store, mechanisms, now }: ReverseDeps,
  action: Action,
  { evidence, dueAt }: End,
): Promise<Action | null> {
  if (evidence?.before !== digestOf(action.before)) return null;
  const { subject, mechanism } = jobOf(action, mechanisms);
  const seen = await mechanism.driver.verify(subject, action.before);
  if (!seen.holds) return null;
  const at = now();
  const saved = await store.records.changeAction(action.incidentId, action.actionId, (current) => {
    if (current.version !== action.version) return null;
    const text = `Found in place after an interruption: ${seen.found}`;
    return current.status === 'executing'
      ? markedInForce(current, { dueAt, keptBy: evidence.keptBy }, { at, by: 'reverse', text })
      : {
          ...withEntry(current, { at, by: 'reverse', event: 'found-in-place', text }),
          attentionAt: dueAt && overdueAt(dueAt),
        };
  });
  await noteInForce(store, saved);
  return saved;
}
