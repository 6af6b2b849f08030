// The budgets of model calls, and the pause after failures.
import * as z from 'zod/mini';
import type { SeverityLabel } from '../domain/alert.ts';
import { Count } from '../domain/reference.ts';
import { minutesAfter } from '../domain/time.ts';
import { timeOfDay } from '../domain/wording.ts';
import type { Analysis } from '../policy/schemas/analysis.ts';
import { singleKey } from './layout.ts';
import { retryOnConflict } from './retry.ts';
import { ABSENT, atVersion, type Key, type Table } from './table.ts';

const OfIncident = z.object({ calls: z.array(z.iso.datetime()), version: z.int() });
const CallsIn = z._default(z.object({ of: z.string(), calls: Count }), { of: '', calls: 0 });
const OfStack = z.object({
  /** Failed calls in a row. */
  failures: Count,
  pausedUntil: z.nullable(z.iso.datetime()),
  /** Calls in the clock hour and on the day that they name. Absent in records of earlier versions. */
  hour: CallsIn,
  day: CallsIn,
  version: z.int(),
});
type OfStack = z.infer<typeof OfStack>;
const NEW = OfStack.parse({ failures: 0, pausedUntil: null, version: 0 });

type Budget = Analysis['budget'];
type Pause = Analysis['pause'];
/** `severity`: of the alert. `worst`: the highest of its incident, which the budget of the stack considers. */
type Wanted = { incidentId: string; severity: SeverityLabel; worst: SeverityLabel };
const HOUR_MINUTES = 60;
const DAY_SECONDS = 86_400;
/** Not the ID of an incident. */
const STACK = 'provider';

/** `enrich` reserves calls, and `gate` notes how they ended. `analyse` may not use the table. */
export function createModelCalls(table: Table) {
  const key = (id: string) => singleKey('modelCalls', id);
  const find = async <S extends z.ZodMiniType>(schema: S, at: Key) => {
    const item = await table.get(at);
    return item && schema.parse(item);
  };
  const save = (at: Key, next: object, version: number) =>
    table.put(
      { ...at, ...next, version: version + 1 },
      version === 0 ? ABSENT : atVersion(version),
    );
  const ofStack = async (): Promise<OfStack> => (await find(OfStack, key(STACK))) ?? NEW;

  /** Reserves a call about the incident. Returns why not, or null. */
  const ofIncident = ({ incidentId, severity }: Wanted, budget: Budget, now: Date) =>
    retryOnConflict(table, async () => {
      const all = budget.perIncidentPerHour;
      const most = Math.min(all, Math.max(1, shareOf(all, severity, budget)));
      const { calls = [], version = 0 } = (await find(OfIncident, key(incidentId))) ?? {};
      const recent = calls.filter((at) => at > minutesAfter(now, -HOUR_MINUTES));
      if (recent.length >= most)
        return `it was asked ${recent.length} times about this incident in the last hour, which is the limit${whose(severity)}`;
      const expiresAt = Math.floor(now.getTime() / 1000) + DAY_SECONDS;
      await save(key(incidentId), { calls: [...recent, now.toISOString()], expiresAt }, version);
      return null;
    });

  return {
    /**
     * Reserves one call. Returns why the model must not be asked, or null. The stack's budget is read first, so that a
     * refused call uses up nothing, and written last, so that calls about one incident don't use up those of others.
     */
    reserve: async (wanted: Wanted, budget: Budget, now: Date): Promise<string | null> => {
      const { worst } = wanted;
      const refused =
        refusalOf(await ofStack(), { worst, budget, now }) ??
        (await ofIncident(wanted, budget, now));
      if (refused !== null) return refused;
      return retryOnConflict(table, async () => {
        const { version, ...current } = await ofStack();
        const late = refusalOf(current, { worst, budget, now });
        if (late !== null) return late;
        const { hour, day } = countsAt(current, now);
        const next = {
          hour: { ...hour, calls: hour.calls + 1 },
          day: { ...day, calls: day.calls + 1 },
        };
        await save(key(STACK), { ...current, ...next }, version);
        return null;
      });
    },

    /** Counts a failed call, or ends the count. */
    note: (hasFailed: boolean, { afterFailures, minutes }: Pause, now: Date): Promise<void> =>
      retryOnConflict(table, async () => {
        const { version, ...current } = await ofStack();
        if (!hasFailed && current.failures === 0) return;
        const failures = hasFailed ? current.failures + 1 : 0;
        const pausedUntil = failures >= afterFailures ? minutesAfter(now, minutes) : null;
        await save(key(STACK), { ...current, failures, pausedUntil }, version);
      }),
  };
}

/** The counts of the present hour and day, which begin at 0. A clock that is behind does not begin them again. */
function countsAt({ hour, day }: Pick<OfStack, 'hour' | 'day'>, now: Date) {
  const [thisHour, today] = [now.toISOString().slice(0, 13), now.toISOString().slice(0, 10)];
  return {
    hour: hour.of >= thisHour ? hour : { of: thisHour, calls: 0 },
    day: day.of >= today ? day : { of: today, calls: 0 },
  };
}

function refusalOf(
  stack: Omit<OfStack, 'version'>,
  { worst, budget, now }: { worst: SeverityLabel; budget: Budget; now: Date },
): string | null {
  const { failures, pausedUntil } = stack;
  if (pausedUntil && pausedUntil > now.toISOString())
    return `it failed ${failures} times in a row and is not asked until ${timeOfDay(pausedUntil)}`;
  const { hour, day } = countsAt(stack, now);
  if (hour.calls >= shareOf(budget.perHour, worst, budget))
    return `it was asked ${hour.calls} times in this hour, which is the limit${whose(worst)}`;
  if (day.calls >= shareOf(budget.perDay, worst, budget))
    return `it was asked ${day.calls} times today, which is the limit${whose(worst)}`;
  return null;
}

/** What an alert may use of a budget. Half of the part for severe alerts is for critical ones alone. */
function shareOf(calls: number, label: SeverityLabel, { percentForSevere }: Budget): number {
  const kept =
    label === 'critical' ? 0 : label === 'high' ? percentForSevere / 2 : percentForSevere;
  return Math.floor((calls * (100 - kept)) / 100);
}

const whose = (label: SeverityLabel): string =>
  label === 'critical' ? '' : ` for alerts below ${label === 'high' ? 'critical' : 'high'}`;
