// Reads the change calendars and finds the planned work that covers an entity.
import type { SSM } from '@aws-sdk/client-ssm';
import type { Entity } from '../domain/alert.ts';
import { type Fact, known } from '../domain/facts.ts';
import type { Policy } from '../policy/policy.ts';
import { matches, namesOf } from './protection.ts';
import { type ReadDeps, readFact } from './read-fact.ts';

export type CalendarApi = Pick<SSM, 'getCalendarState'>;

/**
 * `none` when policy names no calendar; `closed` when at least one calendar is closed.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCalendarState.html
 */
export async function calendarState(
  deps: ReadDeps & { ssm: CalendarApi },
  { changeCalendars }: Pick<Policy, 'changeCalendars'>,
): Promise<Fact<'open' | 'closed' | 'none'>> {
  if (changeCalendars.length === 0) return known('none');
  return readFact(deps, 'The change calendar', async (abortSignal) => {
    const { State } = await deps.ssm.getCalendarState(
      { CalendarNames: changeCalendars },
      { abortSignal },
    );
    if (!State) throw new Error('Systems Manager returned no state');
    return State === 'OPEN' ? 'open' : 'closed';
  });
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** The ID of the first planned-work window that covers the entity now, or null. A window may cross midnight. */
export function plannedWorkFor(
  entity: Entity,
  windows: Policy['plannedWork'],
  now: Date,
): string | null {
  const time = now.toISOString().slice(11, 16);
  const today = DAYS[now.getUTCDay()] ?? 'sun';
  const yesterday = DAYS[(now.getUTCDay() + 6) % 7] ?? 'sat';
  const isOpen = ({ days, fromUtc, toUtc }: Policy['plannedWork'][number]) =>
    fromUtc <= toUtc
      ? days.includes(today) && fromUtc <= time && time < toUtc
      : (days.includes(today) && time >= fromUtc) || (days.includes(yesterday) && time < toUtc);
  const covered = windows.find(
    (window) =>
      isOpen(window) &&
      window.values.some((pattern) => namesOf(entity).some((name) => matches(pattern, name))),
  );
  return covered?.id ?? null;
}
