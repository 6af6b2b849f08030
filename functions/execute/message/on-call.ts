// Who is on call: the people of the ladder's first rung.
import type { Approver } from '../../domain/action.ts';
import type { Policy } from '../../domain/policy.ts';

export const onCallOf = ({ escalation }: Pick<Policy, 'escalation'>): Approver[] =>
  (escalation.ladder[0]?.ask ?? []).flatMap((id) => {
    const person = escalation.people[id];
    return person ? [{ id, name: person.name, email: person.email }] : [];
  });
