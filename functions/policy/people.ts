// The people of policy, as those who are asked or told.

import type { Entity } from '../domain/alert.ts';
import type { Approver } from '../domain/approval.ts';
import type { Policy } from './policy.ts';
import type { Escalation, Person, Schedule } from './schemas/escalation.ts';

/** Those of the ids that policy still knows, and no schedule, without the person whom `about` is about: nobody decides about themselves. */
export const peopleOf = (
  { people }: Pick<Escalation, 'people'>,
  ids: readonly (string | Schedule)[],
  about: Pick<Entity, 'value' | 'attributes'> | null = null,
): Approver[] =>
  ids.flatMap((id) => {
    if (typeof id !== 'string') return [];
    const person = people[id];
    return person && !(about && concerns(person, about))
      ? [{ id, name: person.name, email: person.email }]
      : [];
  });

/** Who is on call: the people of the ladder's first rung; where those are not known, of the next that has some, or managers. */
export const onCallOf = (escalation: Escalation): Approver[] =>
  [...escalation.ladder.map(({ ask }) => ask), escalation.managers]
    .map((ids) => peopleOf(escalation, ids))
    .find((people) => people.length > 0) ?? [];

type Answering = Pick<Policy, 'channels' | 'signIn'>;

/** How answers come from Slack; null where they do not. A click has no second factor: where people sign in, it is no answer. */
export const slackAnswersOf = ({ channels, signIn }: Answering) =>
  signIn === null ? (channels.slack?.buttons ?? null) : null;

/** The member of Slack whose click is this person's answer; null where there are no buttons for them. */
export const slackMemberOf = (policy: Answering, person: string): string | null =>
  (slackAnswersOf(policy) && policy.channels.people[person]?.slack) ?? null;

/** True when one of the person's principals names the target: as a whole, or as a part of an ARN or a principal id. */
export function concerns(
  person: Pick<Person, 'principals'>,
  target: Pick<Entity, 'value' | 'attributes'>,
): boolean {
  const named = [target.value, target.attributes.userName, target.attributes.principalId];
  return person.principals.some((principal) =>
    named.some((name) => {
      const known = name?.toLowerCase();
      const asked = principal.toLowerCase();
      // A principal may be an ARN itself, so the whole is compared before the parts.
      return known === asked || known?.split(/[/:]/).includes(asked);
    }),
  );
}
