// Marks an applied and verified action as in force, or as kept.

import type { Action } from '../domain/action.ts';
import type { Instant } from '../domain/reference.ts';
import { earlier, minutesAfter, NOTIFIED_WITHIN_MINUTES } from '../domain/time.ts';
import { overdueAt } from '../platform/schedules.ts';
import { transition } from '../store/hash-chain.ts';
import type { Store } from '../store/store.ts';

/** How long after a missed review date the sweeper sends the request. */
const REVIEW_GRACE_MINUTES = 24 * 60;

/** `keptBy`: who keeps an action that has no due time: its approver, or `policy` if it needs no undo. */
export function markedInForce(
  action: Action,
  { dueAt, keptBy }: { dueAt: Instant | null; keptBy: string | null },
  note: { at: Date; by: string; text: string },
): Action {
  const { at } = note;
  // The sweeper first checks that people were notified of what they approved.
  const notifiedBy = action.approval?.decision ? minutesAfter(at, NOTIFIED_WITHIN_MINUTES) : null;
  const checkedFrom = (end: Instant | null) => (end ? earlier(end, notifiedBy) : notifiedBy);
  const inForce = transition(action, 'in-force', note, {
    appliedAt: at.toISOString(),
    dueAt,
    attentionAt: checkedFrom(dueAt && overdueAt(dueAt)),
  });
  if (keptBy === null) return inForce;
  const { durationMinutes } = inForce;
  // Policy may have changed since the record was written, so the record decides.
  if (durationMinutes === null)
    return transition(
      inForce,
      'kept',
      { at, by: 'policy', text: 'Kept: needs no undo' },
      { attentionAt: checkedFrom(null) },
    );
  const reviewAt = minutesAfter(at, durationMinutes);
  return transition(
    inForce,
    'kept',
    {
      at,
      by: `person:${keptBy}`,
      text: `Kept by its approver: only a person undoes it; review due on ${reviewAt.slice(0, 10)}`,
    },
    { reviewAt, attentionAt: checkedFrom(minutesAfter(reviewAt, REVIEW_GRACE_MINUTES)) },
  );
}

/** Tells later decisions about the target that the action is in force. */
export function noteInForce(
  { entityHistory }: Pick<Store, 'entityHistory'>,
  action: Action,
): Promise<void> | undefined {
  const { target, incidentId, actionId, name, mechanism, parameters, appliedAt } = action;
  return target && appliedAt
    ? entityHistory.note(target, {
        event: 'in-force',
        incidentId,
        actionId,
        name,
        effect: mechanism ? { mechanism, parameters } : null,
        place: placeOf(action),
        at: appliedAt,
      })
    : undefined;
}

const placeOf = ({ account, region }: Action) => ({ account, region });
