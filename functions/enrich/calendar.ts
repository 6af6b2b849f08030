// Is this a time to change things: the account's change calendars, and the windows of planned work that policy names.
import type { SSM } from '@aws-sdk/client-ssm';
import type { Entity } from '../domain/alert.ts';
import { type Fact, known } from '../domain/facts.ts';
import type { Policy } from '../policy/policy.ts';
import { type LookDeps, look } from './look.ts';
import { matches, namesOf } from './protect.ts';

export type CalendarApi = Pick<SSM, 'getCalendarState'>;

/** `none` where policy names no calendar. Closed when one of them is. @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCalendarState.html */
export async function calendarState(
  deps: LookDeps & { ssm: CalendarApi },
  { changeCalendars }: Pick<Policy, 'changeCalendars'>,
): Promise<Fact<'open' | 'closed' | 'none'>> {
  if (changeCalendars.length === 0) return known('none');
  return look(deps, 'The change calendar', async (abortSignal) => {
    const { State } = await deps.ssm.getCalendarState(
      { CalendarNames: changeCalendars },
      { abortSignal },
    );
    if (!State) throw new Error('Systems Manager answered without a state');
    return State === 'OPEN' ? 'open' : 'closed';
  });
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** The first window of planned work that covers the entity at this time, or null. Windows may pass midnight. */
export function windowFor(
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
