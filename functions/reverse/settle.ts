// Settles an action that stopped half-way, by what AWS shows.

import type { Evidence } from '../authority/claims.ts';
import { type End, provesBefore } from '../authority/end.ts';
import type { Action } from '../domain/action.ts';
import { IN_PLACE_BEFORE } from '../domain/effect-state.ts';
import { markedInForce, noteInForce } from '../mechanisms/in-force.ts';
import { jobOf, type Mechanisms } from '../mechanisms/job.ts';
import { unlessGone } from '../mechanisms/target-gone.ts';
import { overdueAt } from '../platform/schedules.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { ReverseDeps } from './deps.ts';

/** What AWS shows of the change if it is in place and the evidence proves the before-state; else null. */
export async function seenInPlace(
  mechanisms: Mechanisms,
  action: Action,
  evidence: Evidence,
  before: unknown,
): Promise<string | null> {
  if (!provesBefore(evidence, before)) return null;
  const { subject, mechanism } = jobOf(action, mechanisms);
  const seen = await unlessGone(mechanism.driver.verify(subject, before));
  return 'found' in seen && seen.found.holds ? seen.found.found : null;
}

/**
 * If the change is in place, it stays until its proven end: returns the action, in force or waiting for that time.
 * Returns null if the change is not in place, so that the undo can clean up the rest.
 */
export async function settle(
  { store, mechanisms, now }: ReverseDeps,
  action: Action,
  { evidence, dueAt }: End,
): Promise<Action | null> {
  if (!evidence) return null;
  const isInPlaceBefore = jobOf(action, mechanisms).mechanism.alreadyInPlace(action.before);
  const lease = await store.leases.find(evidence.effectKey);
  // Without an apply, what is in place is someone else's.
  if (!isInPlaceBefore && lease?.begun === false) return null;
  const found = await seenInPlace(mechanisms, action, evidence, action.before);
  if (found === null) return null;
  const at = now();
  const saved = await store.records.changeAction(action.incidentId, action.actionId, (current) => {
    if (current.version !== action.version) return null;
    const text = isInPlaceBefore
      ? IN_PLACE_BEFORE
      : `Found in place after an interruption: ${found}`;
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
