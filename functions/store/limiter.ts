// The rate limit on automatic actions: one item per account, one conditional write per reservation.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Entity } from '../domain/alert.ts';
import { Conflict } from '../domain/errors.ts';
import type { Limits } from '../domain/policy.ts';
import { ABSENT, atVersion, type Table } from './table.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Beyond this many lost races the caller is told to ask a person: contention is itself a sign of a flood. */
const MAX_ATTEMPTS = 6;

/** An automatic action of the last minute. */
const Entry = z.strictObject({
  at: z.iso.datetime(),
  actionId: z.string(),
  incidentId: z.string(),
  name: z.string(),
});
/** A target of the last hour; alerts are none. */
const Touched = z.strictObject({ at: z.iso.datetime(), target: z.string() });
const Stored = z.object({
  entries: z.array(Entry),
  touched: z.array(Touched),
  version: z.int(),
});
type Recent = Pick<z.infer<typeof Stored>, 'entries' | 'touched'>;

export type Wanted = Omit<z.infer<typeof Entry>, 'at'> & { target: Pick<Entity, 'kind' | 'value'> };
type Bounds = Pick<Limits, 'automaticPerMinute' | 'distinctTargetsPerHour'>;
export type Reservation = { granted: true } | { granted: false; why: string };

export function createLimiter(table: Table) {
  /** One try: null when another writer was faster. */
  async function tryOnce(
    account: string,
    wanted: Wanted,
    bounds: Bounds,
    now: Date,
  ): Promise<Reservation | null> {
    const key = { pk: `LIMITER#${account}`, sk: 'LIMITER' };
    const item = await table.get(key);
    const stored = item ? Stored.parse(item) : { entries: [], touched: [], version: 0 };
    const recent = {
      entries: stored.entries.filter(isWithin(MINUTE_MS, now)),
      touched: stored.touched.filter(isWithin(HOUR_MS, now)),
    };
    if (recent.entries.some(({ actionId }) => actionId === wanted.actionId))
      return { granted: true };
    const why = refusal(recent, wanted, bounds);
    if (why !== null) return { granted: false, why };
    try {
      const condition = stored.version === 0 ? ABSENT : atVersion(stored.version);
      const next = { ...withOneMore(recent, wanted, now), version: stored.version + 1 };
      await table.put({ ...key, ...next }, condition);
      return { granted: true };
    } catch (error) {
      if (error instanceof Conflict) return null;
      throw error;
    }
  }

  return {
    /** Reserves a place, once per action: a repeated call for the same action finds its own reservation. */
    async reserve(
      account: string,
      wanted: Wanted,
      bounds: Bounds,
      now: Date,
    ): Promise<Reservation> {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const reservation = await tryOnce(account, wanted, bounds, now);
        if (reservation) return reservation;
      }
      return { granted: false, why: 'too many automatic actions are being decided at this moment' };
    },
  };
}

/** Sliding, not per calendar minute: two full minutes' worth must not fit around a minute's end. */
const isWithin =
  (milliseconds: number, now: Date) =>
  ({ at }: { at: string }): boolean =>
    Date.parse(at) > now.getTime() - milliseconds;

/** The first limit that one more would exceed, in words; null where there is room. */
function refusal({ entries, touched }: Recent, wanted: Wanted, bounds: Bounds): string | null {
  const { perAccount, perAction, perIncident } = bounds.automaticPerMinute;
  const target = nameOf(wanted);
  const isNew = target !== null && touched.every((one) => one.target !== target);
  const counts = [
    ['automatic actions in the last minute in this account', entries.length, perAccount],
    [
      `automatic actions in the last minute named ${wanted.name}`,
      entries.filter(({ name }) => name === wanted.name).length,
      perAction,
    ],
    [
      'automatic actions in the last minute for this incident',
      entries.filter(({ incidentId }) => incidentId === wanted.incidentId).length,
      perIncident,
    ],
    [
      'different targets in the last hour',
      isNew ? touched.length : -1,
      bounds.distinctTargetsPerHour,
    ],
  ] as const;
  const met = counts.find(([, count, limit]) => count >= limit);
  return met ? `${met[1]} ${met[0]}; the limit is ${met[2]}` : null;
}

function withOneMore({ entries, touched }: Recent, wanted: Wanted, now: Date): Recent {
  const at = now.toISOString();
  const { actionId, incidentId, name } = wanted;
  const target = nameOf(wanted);
  return {
    entries: [...entries, { at, actionId, incidentId, name }],
    touched: target ? [...touched.filter((one) => one.target !== target), { at, target }] : touched,
  };
}

/** Tickets and notifications are about the alert and touch nothing; targets' names may be long. */
const nameOf = ({ target }: Wanted): string | null =>
  target.kind === 'alert'
    ? null
    : createHash('sha256').update(`${target.kind} ${target.value}`).digest('hex').slice(0, 16);
