// Lifts a change whose record ended although the change was never undone.

import { readEnd } from '../authority/end.ts';
import type { Action } from '../domain/action.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { jobOf } from '../mechanisms/job.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { ReverseDeps } from './deps.ts';
import { carriedEvidence, type ReverseInput } from './request.ts';
import { undo } from './undo.ts';

/**
 * Only for a schedule that fires although the record says that the action is over. Evidence came with the schedule, so
 * it is there even if someone with write access to the table removed it from the record.
 *
 * - The lease still lists the action: the record was altered, and the change is undone now.
 * - The lease doesn't: the change may be someone else's by now. It stays, and an alarm is raised.
 */
export async function liftLeftBehind(
  deps: ReverseDeps,
  action: Action,
  request: ReverseInput,
): Promise<void> {
  const { store, mechanisms, keys, now, log } = deps;
  const { incidentId, actionId, effectKey } = action;
  if (request.cause !== 'due' || !effectKey) return;
  const { evidence, dueAt } = await readEnd(keys, action, carriedEvidence(request));
  if (!evidence || dueAt === null) return;
  const { subject, mechanism } = jobOf(action, mechanisms);
  const before = action.before ?? null;
  const lease = await store.leases.find(effectKey);
  const isHeld = lease?.holders.includes(actionId) ?? false;
  const why = `the record says ${action.status}, but the change is still in place`;
  if (!isHeld) {
    if (lease && lease.holders.length > 0) return;
    const seen = await mechanism.driver.verify(subject, before);
    if (seen.holds) log('error', ALARMING.recordAltered, { incidentId, actionId, why });
    return;
  }
  log('error', ALARMING.recordAltered, { incidentId, actionId, why });
  const text = await undo(deps, action, request, false);
  await store.records.changeAction(incidentId, actionId, (current) =>
    withEntry(current, { at: now(), by: 'reverse', event: 'late-change', text }),
  );
}
