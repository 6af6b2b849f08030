// Applies an approver's acknowledgement, request for time, or hand-over.

import type { Action } from '../domain/action.ts';
import { type Approver, MAX_HAND_OVERS, peopleAsked } from '../domain/approval.ts';
import { minutesAfter } from '../domain/time.ts';
import { hasOneOf, peopleOf } from '../policy/people.ts';
import type { Escalation } from '../policy/schemas/escalation.ts';
import { withEntry } from '../store/hash-chain.ts';
import { type By, type Change, openTo, refuse } from './decision.ts';
import { REFUSED } from './texts/answers.ts';
import { HISTORY } from './texts/history.ts';

/** The sweeper expires a request this long after its time if nothing else did. */
const SWEPT_AFTER_MINUTES = 2;

/** Stops the escalation. The deadline does not change. */
export function acknowledge(action: Action, by: By): Change {
  const open = openTo(action, by);
  if ('refused' in open) return open;
  const { approval } = open;
  if (approval.acknowledged) return refuse('settled', REFUSED.acknowledged);
  const at = by.now.toISOString();
  const text = HISTORY.acknowledged;
  return {
    next: {
      ...withEntry(action, { at: by.now, by: `person:${by.person}`, event: 'acknowledged', text }),
      approval: { ...approval, acknowledged: { by: by.person, at } },
    },
  };
}

/** Once, by the minutes in policy. */
export function askForTime(action: Action, by: By): Change {
  const open = openTo(action, by);
  if ('refused' in open) return open;
  const { approval } = open;
  const { moreTimeMinutes } = approval;
  if (moreTimeMinutes === 0) return refuse('bounded', REFUSED.noMoreTime);
  if (approval.moreTime) return refuse('settled', REFUSED.timeAdded(approval.expiresAt, by.now));
  const expiresAt = minutesAfter(approval.expiresAt, moreTimeMinutes);
  const text = HISTORY.moreTime(moreTimeMinutes, expiresAt);
  return {
    next: {
      ...withEntry(action, { at: by.now, by: `person:${by.person}`, event: 'more-time', text }),
      approval: {
        ...approval,
        expiresAt,
        moreTime: { by: by.person, at: by.now.toISOString() },
      },
      attentionAt: minutesAfter(expiresAt, SWEPT_AFTER_MINUTES),
    },
  };
}

/** People who can take the request over: eligible, and not asked yet. */
export const couldTake = (
  { approval, target }: Pick<Action, 'approval' | 'target'>,
  people: Escalation['people'],
): Approver[] => {
  const asked = new Set(approval ? peopleAsked(approval).map(({ id }) => id) : []);
  return peopleOf({ people }, Object.keys(people), target).filter(
    ({ id }) => !asked.has(id) && hasOneOf(people[id], approval?.roles ?? []),
  );
};

/** The other person may then decide, too. */
export function handOver(action: Action, to: string, by: By): Change {
  const open = openTo(action, by);
  if ('refused' in open) return open;
  const { approval } = open;
  const person = couldTake(action, by.people).find(({ id }) => id === to);
  if (!person) return refuse('not-yours', REFUSED.cannotTake);
  if (approval.handedTo.length >= MAX_HAND_OVERS)
    return refuse('bounded', REFUSED.tooManyHandOvers);
  const handed = { to: person, by: by.person, at: by.now.toISOString() };
  const text = HISTORY.handedOver(person.name);
  return {
    next: {
      ...withEntry(action, { at: by.now, by: `person:${by.person}`, event: 'handed-over', text }),
      approval: { ...approval, handedTo: [...approval.handedTo, handed] },
    },
  };
}
