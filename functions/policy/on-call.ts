// Schedules of PagerDuty and Opsgenie on the ladder: who is on call by one is asked, if policy knows that person.

import { oneLine } from '../domain/wording.ts';
import type { Escalation, Person, Schedule } from './schemas/escalation.ts';

/** Of one schedule: who is on call by it, or why that is not known. */
export type Shift = { onDuty: readonly OnDuty[] } | { failure: string };
export type OnDuty = { id: string | null; email: string };

export const nameOf = (schedule: Schedule): string =>
  'pagerDuty' in schedule ? `PagerDuty ${schedule.pagerDuty}` : `Opsgenie ${schedule.opsgenie}`;

/** What `escalation` asks, schedules and all, each once. */
export const schedulesOf = ({ ladder }: Pick<Escalation, 'ladder'>): Schedule[] => [
  ...new Map(
    ladder
      .flatMap(({ ask }) => ask)
      .flatMap((one) => (typeof one === 'string' ? [] : [[nameOf(one), one] as const])),
  ).values(),
];

/** What fits into a request beside its other notes. */
const MOST_NOTES = 6;

/**
 * The ladder with people in place of schedules, and what was odd. Whoever is on call and not in policy is not asked:
 * only policy says who may decide.
 */
export function staffed(
  escalation: Escalation,
  shifts: ReadonlyMap<string, Shift>,
): { escalation: Escalation; notes: string[] } {
  const notes: string[] = [];
  const ladder = escalation.ladder.map(({ atMinutes, ask }, rung) => {
    const ids = ask.flatMap((one) => {
      if (typeof one === 'string') return [one];
      const { people, odd } = lookedUp(escalation.people, one, shifts.get(nameOf(one)));
      if (odd) notes.push(oneLine(`Rung ${rung + 1} of the ladder: ${odd}`));
      return people;
    });
    return { atMinutes, ask: [...new Set(ids)] };
  });
  return { escalation: { ...escalation, ladder }, notes: notes.slice(0, MOST_NOTES) };
}

function lookedUp(
  people: Escalation['people'],
  schedule: Schedule,
  shift: Shift = { failure: 'it is not looked at here' },
): { people: string[]; odd: string | null } {
  const name = nameOf(schedule);
  if ('failure' in shift)
    return { people: [], odd: `the schedule ${name} could not be read: ${shift.failure}` };
  if (shift.onDuty.length === 0) return { people: [], odd: `nobody is on call by ${name}` };
  const service = 'pagerDuty' in schedule ? 'pagerDuty' : 'opsgenie';
  const found = shift.onDuty.map((one) => ({
    email: one.email,
    person: Object.entries(people).find(([, person]) => isOnDuty(person, service, one))?.[0],
  }));
  const strangers = found.filter(({ person }) => person === undefined).map(({ email }) => email);
  return {
    people: found.flatMap(({ person }) => person ?? []),
    odd:
      strangers.length > 0
        ? `${strangers.join(', ')}, on call by ${name}, is not among the people of policy and may not decide`
        : null,
  };
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** An id or a name that policy gives counts alone; otherwise the address does, in any case of letters. */
function isOnDuty(
  { email, onCallAs }: Pick<Person, 'email' | 'onCallAs'>,
  service: 'pagerDuty' | 'opsgenie',
  { id, email: address }: OnDuty,
): boolean {
  const given = onCallAs?.[service];
  if (given === undefined) return same(email, address);
  return service === 'pagerDuty' ? given === id : same(given, address);
}
