// What somebody who is asked may do besides deciding: say that they are on it, ask for more time, hand it to somebody.

import type { Action } from '../domain/action.ts';
import type { Approver } from '../domain/approval.ts';
import { minutesAfter } from '../domain/time.ts';
import { span, utc } from '../domain/wording.ts';
import { peopleOf } from '../policy/people.ts';
import type { Escalation } from '../policy/schemas/escalation.ts';
import { withEntry } from '../store/hash-chain.ts';
import { type By, type Change, openTo, peopleAsked, refuse } from './decision.ts';

/** The sweeper ends a request this long after its time, where nothing else did. */
const SWEPT_AFTER_MINUTES = 2;
const MAX_HAND_OVERS = 10;

/** Stops the escalation, and not the clock. */
export function acknowledge(action: Action, by: By): Change {
  const open = openTo(action, by);
  if ('refused' in open) return open;
  const { approval } = open;
  if (approval.acknowledged) return refuse('settled', 'Somebody is on it already.');
  const at = by.now.toISOString();
  const text = 'Is on it: nobody else is asked, and the time goes on';
  return {
    next: {
      ...withEntry(action, { at: by.now, by: `person:${by.person}`, event: 'acknowledged', text }),
      approval: { ...approval, acknowledged: { by: by.person, at } },
    },
  };
}

/** Once, and by as much as policy says. */
export function askForTime(action: Action, by: By): Change {
  const open = openTo(action, by);
  if ('refused' in open) return open;
  const { approval } = open;
  const { moreTimeMinutes } = approval;
  if (moreTimeMinutes === 0) return refuse('bounded', 'Policy allows no more time for this.');
  if (approval.moreTime)
    return refuse('settled', `There was more time already, until ${utc(approval.expiresAt)}.`);
  const expiresAt = minutesAfter(approval.expiresAt, moreTimeMinutes);
  const text = `${span(moreTimeMinutes)} more, until ${expiresAt}`;
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

/** Those to whom it can be handed: with a role that counts, not asked yet, and not concerned. */
export const couldTake = (
  { approval, target }: Pick<Action, 'approval' | 'target'>,
  people: Escalation['people'],
): Approver[] => {
  const asked = new Set(approval ? peopleAsked(approval).map(({ id }) => id) : []);
  return peopleOf({ people }, Object.keys(people), target).filter(
    ({ id }) => !asked.has(id) && people[id]?.roles.some((role) => approval?.roles.includes(role)),
  );
};

/** The other person may decide from then on, too. */
export function handOver(action: Action, to: string, by: By): Change {
  const open = openTo(action, by);
  if ('refused' in open) return open;
  const { approval } = open;
  const person = couldTake(action, by.people).find(({ id }) => id === to);
  if (!person)
    return refuse('not-yours', 'That person may not decide about this, or is asked already.');
  if (approval.handedTo.length >= MAX_HAND_OVERS)
    return refuse('bounded', 'It was handed on too often.');
  const handed = { to: person, by: by.person, at: by.now.toISOString() };
  const text = `Handed to ${person.name}`;
  return {
    next: {
      ...withEntry(action, { at: by.now, by: `person:${by.person}`, event: 'handed-over', text }),
      approval: { ...approval, handedTo: [...approval.handedTo, handed] },
    },
  };
}
