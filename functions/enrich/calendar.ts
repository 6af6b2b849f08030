// Reads whether the change calendars are open.
import type { SSM } from '@aws-sdk/client-ssm';
import { type Fact, known } from '../domain/facts.ts';
import type { Policy } from '../policy/policy.ts';
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
