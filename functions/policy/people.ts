// Resolves the people of policy by ID.

import type { Entity } from '../domain/alert.ts';
import type { Approver } from '../domain/approval.ts';
import type { Policy } from './policy.ts';
import type { Escalation, Hours, Person, Schedule } from './schemas/escalation.ts';
import type { Limits } from './schemas/limits.ts';

/**
 * The people with these IDs. Leaves out schedules and hours, IDs that policy no longer has, and the person that `about`
 * concerns: no one decides about themselves.
 */
export const peopleOf = (
  { people }: Pick<Escalation, 'people'>,
  ids: readonly (string | Schedule | Hours)[],
  about: Pick<Entity, 'value' | 'attributes'> | null = null,
): Approver[] =>
  ids.flatMap((id) => {
    if (typeof id !== 'string') return [];
    const person = people[id];
    return person && !(about && concerns(person, about))
      ? [{ id, name: person.name, email: person.email }]
      : [];
  });

export type ZonePolicy = {
  escalation: Pick<Escalation, 'people' | 'ladder'>;
  limits: Pick<Limits, 'pages'>;
};

/** The person's time zone: their own, that of the hours in which policy asks them, or that of the working hours. */
export function zoneOf(
  { escalation, limits }: ZonePolicy,
  id: string,
): Limits['pages']['workingHours']['timeZone'] {
  const { people, ladder } = escalation;
  const hours = ladder
    .flatMap(({ ask }) => ask)
    .find((asked) => typeof asked !== 'string' && 'person' in asked && asked.person === id);
  const ofHours = typeof hours === 'object' && 'timeZone' in hours ? hours.timeZone : undefined;
  return people[id]?.timeZone ?? ofHours ?? limits.pages.workingHours.timeZone;
}

/** Who is on call: the people of the first escalation step that names any, else the managers. */
export const onCallOf = (escalation: Escalation): Approver[] =>
  [...escalation.ladder.map(({ ask }) => ask), escalation.managers]
    .map((ids) => peopleOf(escalation, ids))
    .find((people) => people.length > 0) ?? [];

/** Everyone else in the escalation policy, in the order in which it names them. */
export const othersOf = (
  escalation: Escalation,
  known: readonly Pick<Approver, 'id'>[],
): Approver[] => {
  const all = [...escalation.ladder.map(({ ask }) => ask), escalation.managers].flatMap((ids) =>
    peopleOf(escalation, ids),
  );
  const others = all.filter(({ id }) => known.every((one) => one.id !== id));
  return [...new Map(others.map((person) => [person.id, person])).values()];
};

type SlackPolicy = Pick<Policy, 'channels' | 'signIn'>;

/**
 * Settings of the Slack buttons; null if buttons can't answer. A click has no second factor, so sign-in turns it off.
 */
export const slackButtonsOf = ({ channels, signIn }: SlackPolicy) =>
  signIn === null ? (channels.slack?.buttons ?? null) : null;

/** ID of the Slack member whose click answers for this person; null if they get no buttons. */
export const slackMemberOf = (policy: SlackPolicy, person: string): string | null =>
  (slackButtonsOf(policy) && policy.channels.people[person]?.slack) ?? null;

/** Whether the person has one of these roles; false for a person who isn't in policy. */
export const hasOneOf = (
  person: Pick<Person, 'roles'> | undefined,
  roles: readonly string[],
): boolean => person?.roles.some((role) => roles.includes(role)) ?? false;

/** Whether a principal of the person names the target: its whole value, or a part of an ARN or principal ID. */
export function concerns(
  person: Pick<Person, 'principals'>,
  target: Pick<Entity, 'value' | 'attributes'>,
): boolean {
  const named = [target.value, target.attributes.userName, target.attributes.principalId];
  return person.principals.some((principal) =>
    named.some((name) => {
      const known = name?.toLowerCase();
      const asked = principal.toLowerCase();
      // A principal may itself be an ARN, so compare the whole value first.
      return known === asked || known?.split(/[/:]/).includes(asked);
    }),
  );
}
