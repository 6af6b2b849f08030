// What a signed-in person may do in the console.
import type { Person, PersonRole } from './schemas/escalation.ts';

/** `resume`: end a halt. `note`: write a note on an incident. `end-tokens`: end the API tokens of others. */
export type Deed = 'read' | 'note' | 'halt' | 'resume' | 'end-tokens';

const DEEDS: Readonly<Record<PersonRole, readonly Deed[]>> = {
  viewer: ['read'],
  analyst: ['read', 'note', 'halt'],
  manager: ['read', 'note', 'halt', 'resume', 'end-tokens'],
  lead: ['read', 'note', 'halt', 'resume', 'end-tokens'],
};

/**
 * The ID of the first person in policy who may do this. A laptop acts as this person, because no one signs in there.
 */
export const personWho = (
  people: Readonly<Record<string, Pick<Person, 'roles'>>>,
  deed: Deed,
): string | undefined => Object.keys(people).find((id) => may(people[id], deed));

/** False for a person who isn't in policy. No deed makes a person an approver: that is the action's `roles`. */
export const may = (person: Pick<Person, 'roles'> | undefined, deed: Deed): boolean =>
  person?.roles.some((role) => DEEDS[role].includes(deed)) ?? false;
