// The budget of model calls of each incident, and the pause after failures.
import * as z from 'zod/mini';
import { minutesAfter } from '../domain/time.ts';
import { timeOfDay } from '../domain/wording.ts';
import type { Limits } from '../policy/schemas/limits.ts';
import { singleKey } from './layout.ts';
import { retryOnConflict } from './retry.ts';
import { ABSENT, atVersion, type Key, type Table } from './table.ts';

const Calls = z.object({ calls: z.array(z.iso.datetime()), version: z.int() });
const Provider = z.object({
  /** Failed calls in a row. */
  failures: z.int().check(z.gte(0)),
  pausedUntil: z.nullable(z.iso.datetime()),
  version: z.int(),
});

type Bounds = Limits['analysis'];
const HOUR_MINUTES = 60;
const DAY_SECONDS = 86_400;
/** Not the ID of an incident. */
const PROVIDER = 'provider';

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

  return {
    /** Reserves one call about the incident. Returns why the model must not be asked, or null. */
    reserve: (incidentId: string, bounds: Bounds, now: Date): Promise<string | null> =>
      retryOnConflict(table, async () => {
        const provider = await find(Provider, key(PROVIDER));
        if (provider?.pausedUntil && provider.pausedUntil > now.toISOString())
          return `it failed ${provider.failures} times in a row and is not asked until ${timeOfDay(provider.pausedUntil)}`;
        const { calls = [], version = 0 } = (await find(Calls, key(incidentId))) ?? {};
        const recent = calls.filter((at) => at > minutesAfter(now, -HOUR_MINUTES));
        if (recent.length >= bounds.callsPerIncidentPerHour)
          return `it was asked ${recent.length} times about this incident in the last hour, which is the limit`;
        const expiresAt = Math.floor(now.getTime() / 1000) + DAY_SECONDS;
        await save(key(incidentId), { calls: [...recent, now.toISOString()], expiresAt }, version);
        return null;
      }),

    /** Counts a failed call, or ends the count. */
    note: (hasFailed: boolean, bounds: Bounds, now: Date): Promise<void> =>
      retryOnConflict(table, async () => {
        const { failures = 0, version = 0 } = (await find(Provider, key(PROVIDER))) ?? {};
        if (!hasFailed && failures === 0) return;
        const count = hasFailed ? failures + 1 : 0;
        const pausedUntil =
          count >= bounds.failuresBeforePause ? minutesAfter(now, bounds.pauseMinutes) : null;
        await save(key(PROVIDER), { failures: count, pausedUntil }, version);
      }),
  };
}
