// Replaces schedules and hours with the people on call.

import { isIn } from '../domain/weekly-window.ts';
import { oneLine } from '../domain/wording.ts';
import type { Escalation, Person, Schedule } from './schemas/escalation.ts';

/** Who is on call by one schedule, or why that is unknown. */
export type Shift = { onDuty: readonly OnDuty[] } | { failure: string };
export type OnDuty = { id: string | null; email: string };

export const nameOf = (schedule: Schedule): string =>
  'pagerDuty' in schedule ? `PagerDuty ${schedule.pagerDuty}` : `Opsgenie ${schedule.opsgenie}`;

/** Every schedule that the escalation policy names, without duplicates. */
export const schedulesOf = ({ ladder }: Pick<Escalation, 'ladder'>): Schedule[] => [
  ...new Map(
    ladder
      .flatMap(({ ask }) => ask)
      .flatMap((one) =>
        typeof one === 'string' || 'person' in one ? [] : [[nameOf(one), one] as const],
      ),
  ).values(),
];

/**
 * The escalation policy with people instead of schedules and hours, and a note for every problem. A person who is on
 * call but not in policy is not asked: only policy says who may decide.
 */
export function withPeopleOnCall(
  escalation: Escalation,
  shifts: ReadonlyMap<string, Shift>,
  now: Date,
): { escalation: Escalation; notes: string[] } {
  const notes: string[] = [];
  const ladder = escalation.ladder.map(({ atMinutes, ask }, index) => {
    const ids = ask.flatMap((one) => {
      if (typeof one === 'string') return [one];
      if ('person' in one) return isIn(one, now) ? [one.person] : [];
      const { people, problem } = resolve(escalation.people, one, shifts.get(nameOf(one)));
      if (problem) notes.push(oneLine(`Escalation step ${index + 1}: ${problem}`));
      return people;
    });
    return { atMinutes, ask: [...new Set(ids)] };
  });
  return { escalation: { ...escalation, ladder }, notes };
}

function resolve(
  people: Escalation['people'],
  schedule: Schedule,
  shift: Shift = { failure: 'schedules are not read here' },
): { people: string[]; problem: string | null } {
  const name = nameOf(schedule);
  if ('failure' in shift)
    return { people: [], problem: `the schedule ${name} could not be read: ${shift.failure}` };
  if (shift.onDuty.length === 0) return { people: [], problem: `no one is on call by ${name}` };
  const service = 'pagerDuty' in schedule ? 'pagerDuty' : 'opsgenie';
  const found = shift.onDuty.map((one) => ({
    email: one.email,
    person: Object.entries(people).find(([, person]) => isOnDuty(person, service, one))?.[0],
  }));
  const unknown = found.filter(({ person }) => person === undefined).map(({ email }) => email);
  return {
    people: found.flatMap(({ person }) => person ?? []),
    problem:
      unknown.length > 0
        ? `${unknown.join(', ')}, on call by ${name}, is not in policy and may not decide`
        : null,
  };
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/**
 * An ID or user name in policy (`onCallAs`) is the only match. Without one, the email address decides, in any letter
 * case.
 */
function isOnDuty(
  { email, onCallAs }: Pick<Person, 'email' | 'onCallAs'>,
  service: 'pagerDuty' | 'opsgenie',
  { id, email: address }: OnDuty,
): boolean {
  const given = onCallAs?.[service];
  if (given === undefined) return same(email, address);
  return service === 'pagerDuty' ? given === id : same(given, address);
}
