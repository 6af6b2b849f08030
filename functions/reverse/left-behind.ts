// Lifts a change whose record ended although the change was never undone.

import { isOver, readEnd } from '../authority/end.ts';
import type { Action } from '../domain/action.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { jobOf } from '../mechanisms/job.ts';
import { unlessGone } from '../mechanisms/target-gone.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { ReverseDeps } from './deps.ts';
import { carriedEvidence, type ReverseInput } from './request.ts';
import { undo } from './undo.ts';

/**
 * Only for a schedule that fires although the record says that the action is over. An undo removes the schedule before
 * it ends the record, so the record was altered, and the change is undone now. Evidence came with the schedule, so it
 * is there even if someone with write access to the table removed it from the record.
 */
export async function liftLeftBehind(
  deps: ReverseDeps,
  action: Action,
  request: ReverseInput,
): Promise<void> {
  const { mechanisms, keys, now, log, store } = deps;
  const { incidentId, actionId } = action;
  if (request.cause !== 'due') return;
  const end = await readEnd(keys, action, carriedEvidence(request));
  if (!end.evidence || !isOver(end, now())) return;
  const { subject, mechanism } = jobOf(action, mechanisms);
  const seen = await unlessGone(mechanism.driver.verify(subject, action.before));
  if ('gone' in seen || !seen.found.holds) return;
  const why = `the record says ${action.status}, but the change is still in place`;
  log('error', ALARMING.recordAltered, { incidentId, actionId, why });
  const { found: text } = await undo(deps, action, request);
  await store.records.changeAction(incidentId, actionId, (current) =>
    withEntry(current, { at: now(), by: 'reverse', event: 'late-change', text }),
  );
}
