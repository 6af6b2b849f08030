// Whether an action is about the person who would decide on it. Nobody decides about themselves.
import type { Entity } from '../domain/alert.ts';
import type { Person } from './schemas/escalation.ts';

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
