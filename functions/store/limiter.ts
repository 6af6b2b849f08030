// The rate limit on automatic actions: one item per account, one conditional write per reservation.
import { z } from 'zod';
import { Conflict } from '../domain/errors.ts';
import type { Limits } from '../domain/policy.ts';
import { ABSENT, atVersion, type Table } from './table.ts';

const WINDOW_MS = 60_000;
/** Beyond this many lost races the caller is told to ask a person: contention is itself a sign of a flood. */
const MAX_ATTEMPTS = 6;

const Entry = z.strictObject({
  at: z.iso.datetime(),
  actionId: z.string(),
  incidentId: z.string(),
  name: z.string(),
});
type Entry = z.infer<typeof Entry>;
const Stored = z.object({ entries: z.array(Entry), version: z.int() });

export type Reservation = { granted: true } | { granted: false; why: string };
/**
 * Whether one more automatic action fits into the last 60 seconds. Sliding, not per calendar minute: two full
 * minutes' worth must not fit around a minute's end.
 */
export function fits(
  entries: readonly Entry[],
  wanted: Omit<Entry, 'at'>,
  limits: Limits['automaticPerMinute'],
): Reservation {
  const over = (what: string, count: number, limit: number): Reservation | null =>
    count >= limit
      ? {
          granted: false,
          why: `${count} automatic actions in the last minute ${what}; the limit is ${limit}`,
        }
      : null;
  return (
    over('in this account', entries.length, limits.perAccount) ??
    over(
      `named ${wanted.name}`,
      entries.filter((e) => e.name === wanted.name).length,
      limits.perAction,
    ) ??
    over(
      'for this incident',
      entries.filter((e) => e.incidentId === wanted.incidentId).length,
      limits.perIncident,
    ) ?? { granted: true }
  );
}

export function createLimiter(table: Table) {
  /** One try: null when another writer was faster. */
  async function tryOnce(
    account: string,
    wanted: Omit<Entry, 'at'>,
    limits: Limits['automaticPerMinute'],
    now: Date,
  ): Promise<Reservation | null> {
    const key = { pk: `LIMITER#${account}`, sk: 'LIMITER' };
    const item = await table.get(key);
    const stored = item ? Stored.parse(item) : { entries: [], version: 0 };
    const since = now.getTime() - WINDOW_MS;
    const recent = stored.entries.filter((entry) => Date.parse(entry.at) > since);
    if (recent.some((entry) => entry.actionId === wanted.actionId)) return { granted: true };
    const reservation = fits(recent, wanted, limits);
    if (!reservation.granted) return reservation;
    const entries = [...recent, { ...wanted, at: now.toISOString() }];
    try {
      const condition = stored.version === 0 ? ABSENT : atVersion(stored.version);
      await table.put({ ...key, entries, version: stored.version + 1 }, condition);
      return reservation;
    } catch (error) {
      if (error instanceof Conflict) return null;
      throw error;
    }
  }

  return {
    /** Reserves a place, once per action: a repeated call for the same action finds its own reservation. */
    async reserve(
      account: string,
      wanted: Omit<Entry, 'at'>,
      limits: Limits['automaticPerMinute'],
      now: Date,
    ): Promise<Reservation> {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const reservation = await tryOnce(account, wanted, limits, now);
        if (reservation) return reservation;
      }
      return { granted: false, why: 'too many automatic actions are being decided at this moment' };
    },
  };
}
