// The rate limit on automatic actions: one item per account, one conditional write per place.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Entity } from '../domain/alert.ts';
import { Conflict, InvalidInput } from '../domain/errors.ts';
import { readStored } from '../domain/stored.ts';
import type { Limits } from '../policy/schemas/limits.ts';
import { ABSENT, atVersion, type Item, type Table } from './table.ts';

/**
 * How far a clock of ours may be from the true time, either way. DynamoDB compares nothing with a time of its own, so
 * places are stamped by whoever takes them. Amazon Time Sync keeps clocks within milliseconds.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html
 */
export const CLOCK_SKEW_MS = 5_000;
/** Whoever was held up for longer between the look at its clock and the end of its write tries again. */
const MAX_PAUSE_MS = 5_000;
/** One clock may be slow where another is fast, and a place be given a little after it was stamped. */
const TOLERANCE_MS = 2 * CLOCK_SKEW_MS + MAX_PAUSE_MS;
const MINUTE_MS = 60_000 + TOLERANCE_MS;
const HOUR_MS = 3_600_000 + TOLERANCE_MS;
/** Beyond this many lost races the caller is told to ask a person: contention is itself a sign of a flood. */
const MAX_ATTEMPTS = 6;

/** An automatic action of the last minute. */
const Entry = z.strictObject({
  at: z.iso.datetime(),
  actionId: z.string(),
  incidentId: z.string(),
  name: z.string(),
  /** A ticket or a message: it changes nothing in AWS. */
  informs: z.boolean().default(false),
});
/** A target of the last hour; alerts are none. */
const Touched = z.strictObject({ at: z.iso.datetime(), target: z.string() });
const Stored = z.object({
  entries: z.array(Entry),
  /** Where it is not on record, it counts from now on. */
  touched: z.array(Touched).default([]),
  version: z.int(),
});
type Recent = Pick<z.infer<typeof Stored>, 'entries' | 'touched'>;

export type Wanted = Omit<z.infer<typeof Entry>, 'at' | 'informs'> & {
  target: Pick<Entity, 'kind' | 'value'>;
};
type Bounds = Pick<Limits, 'automaticPerMinute' | 'distinctTargetsPerHour'>;
export type Reservation =
  | { granted: true }
  /** `contended`: whether there is room could not be found out; later it may be. */
  | { granted: false; why: string; contended: boolean };

export function createLimiter(table: Table) {
  /** One try: null when another writer was faster. */
  async function tryOnce(
    account: string,
    wanted: Wanted,
    bounds: Bounds,
    clock: () => Date,
  ): Promise<Reservation | null> {
    const key = { pk: `LIMITER#${account}`, sk: 'LIMITER' };
    const item = await table.get(key);
    // Not before the item was read: what others wrote meanwhile would look like their clocks' fault.
    const now = clock();
    const stored = item ? readLimiter(item, account) : { entries: [], touched: [], version: 0 };
    if (stored === null) return { granted: false, why: UNREADABLE, contended: false };
    const why = clockFault(stored, now);
    if (why !== null) return { granted: false, why, contended: false };
    const others = {
      entries: stored.entries
        .filter(isWithin(MINUTE_MS, now))
        .filter(({ actionId }) => actionId !== wanted.actionId),
      touched: stored.touched.filter(isWithin(HOUR_MS, now)),
    };
    const full = refusal(others, wanted, bounds);
    if (full !== null) return { granted: false, why: full, contended: false };
    try {
      const condition = stored.version === 0 ? ABSENT : atVersion(stored.version);
      const next = { ...withOneMore(others, wanted, now), version: stored.version + 1 };
      await table.put({ ...key, ...next }, condition);
      return { granted: true };
    } catch (error) {
      if (error instanceof Conflict) return null;
      throw error;
    }
  }

  return {
    /**
     * Takes a place, one for each action: who asks again for the same action moves its place to now, if there is room
     * beside the others. The gate asks when it decides, and the executor once more right before it applies: an action
     * counts when it happens, however long ago it was decided.
     */
    async reserve(
      account: string,
      wanted: Wanted,
      bounds: Bounds,
      clock: () => Date,
    ): Promise<Reservation> {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const from = clock().getTime();
        const reservation = await tryOnce(account, wanted, bounds, clock);
        const isStale = clock().getTime() - from > MAX_PAUSE_MS;
        if (reservation && !(reservation.granted && isStale)) return reservation;
      }
      const why = 'too many automatic actions are being decided at this moment';
      return { granted: false, why, contended: true };
    },
  };
}

const UNREADABLE = 'the record of the latest automatic actions cannot be read';

/** Null where it cannot be read: people are asked until somebody has mended it. */
function readLimiter(item: Item, account: string): z.infer<typeof Stored> | null {
  try {
    return readStored(Stored, item, { what: 'limiter', account });
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

/** Two clocks within the tolerance are never further apart than this: one of them is wrong, and nobody knows which. */
function clockFault({ entries, touched }: Recent, now: Date): string | null {
  const newest = Math.max(...[...entries, ...touched].map(({ at }) => Date.parse(at)));
  return newest > now.getTime() + 2 * CLOCK_SKEW_MS
    ? 'our own clocks disagree, so that nobody knows what happened in the last minute'
    : null;
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
  const informing = informs(wanted) ? entries.filter((one) => one.informs) : [];
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
      'tickets and messages in the last minute in this account',
      informing.length,
      halfOf(perAccount),
    ],
    [
      'tickets and messages in the last minute for this incident',
      informing.filter(({ incidentId }) => incidentId === wanted.incidentId).length,
      halfOf(perIncident),
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
    entries: [...entries, { at, actionId, incidentId, name, informs: informs(wanted) }],
    touched: target ? [...touched.filter((one) => one.target !== target), { at, target }] : touched,
  };
}

/** Tickets and notifications are about the alert and touch nothing. */
const informs = ({ target }: Wanted): boolean => target.kind === 'alert';

/** They leave as many places to what contains an attack, however many alerts come; and one is always theirs. */
const halfOf = (limit: number): number => Math.min(limit, Math.max(1, Math.floor(limit / 2)));

/** Targets' names may be long. */
const nameOf = (wanted: Wanted): string | null => {
  const { kind, value } = wanted.target;
  return informs(wanted)
    ? null
    : createHash('sha256').update(`${kind} ${value}`).digest('hex').slice(0, 16);
};
