// The people of policy, as those who are asked or told.
import type { Approver } from './action.ts';
import type { Entity } from './alert.ts';
import { concerns } from './concerns.ts';
import type { Escalation } from './policy.ts';

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
