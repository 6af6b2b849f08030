// The people of policy, as those who are asked or told.
import type { Approver } from './action.ts';
import type { Entity } from './alert.ts';
import { concerns } from './concerns.ts';
import type { Escalation, Policy } from './policy.ts';

/** Those of the ids that policy still knows, without the person whom `about` is about: nobody decides about themselves. */
export const peopleOf = (
  { people }: Pick<Escalation, 'people'>,
  ids: readonly string[],
  about: Pick<Entity, 'value' | 'attributes'> | null = null,
): Approver[] =>
  ids.flatMap((id) => {
    const person = people[id];
    return person && !(about && concerns(person, about))
      ? [{ id, name: person.name, email: person.email }]
      : [];
  });

/** Who is on call: the people of the ladder's first rung. */
export const onCallOf = (escalation: Escalation): Approver[] =>
  peopleOf(escalation, escalation.ladder[0]?.ask ?? []);

type Answering = Pick<Policy, 'channels' | 'signIn'>;

/** How answers come from Slack; null where they do not. A click has no second factor: where people sign in, it is no answer. */
export const slackAnswersOf = ({ channels, signIn }: Answering) =>
  signIn === null ? (channels.slack?.buttons ?? null) : null;

/** The member of Slack whose click is this person's answer; null where there are no buttons for them. */
export const slackMemberOf = (policy: Answering, person: string): string | null =>
  (slackAnswersOf(policy) && policy.channels.people[person]?.slack) ?? null;
