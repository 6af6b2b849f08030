// Rate limit on automatic actions: one item per account.
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Entity } from '../domain/alert.ts';
import { Conflict, InvalidInput } from '../domain/errors.ts';
import { readStored } from '../domain/stored.ts';
import type { Limits } from '../policy/schemas/limits.ts';
import { singleKey } from './layout.ts';
import { backOff } from './retry.ts';
import { ABSENT, atVersion, type Item, type Table } from './table.ts';

/**
 * Maximum clock error, either way. The caller stamps its slot, because DynamoDB has no server time to compare with.
 * Amazon Time Sync keeps clocks within milliseconds.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html
 */
export const CLOCK_SKEW_MS = 5_000;
/** A caller that takes longer than this from reading its clock to the end of its write must retry. */
const MAX_PAUSE_MS = 5_000;
/** One clock may be slow while another is fast, and a slot may be granted some time after it was stamped. */
const TOLERANCE_MS = 2 * CLOCK_SKEW_MS + MAX_PAUSE_MS;
const MINUTE_MS = 60_000 + TOLERANCE_MS;
const HOUR_MS = 3_600_000 + TOLERANCE_MS;
/** After this many lost races the action needs approval: contention is itself a sign of a flood. */
const MAX_ATTEMPTS = 6;

/** An automatic action of the last minute. */
const Entry = z.object({
  at: z.iso.datetime(),
  actionId: z.string(),
  incidentId: z.string(),
  name: z.string(),
});
/** A target of the last hour. */
const Touched = z.strictObject({ at: z.iso.datetime(), target: z.string() });
const Stored = z.object({
  entries: z.array(Entry),
  /** Empty if the record has no such field. */
  touched: z._default(z.array(Touched), []),
  /** Target to the incident that first changed it. Outside of `touched`, which earlier versions read strictly. */
  touchedBy: z._default(z.record(z.string(), z.string()), {}),
  version: z.int(),
});
type Recent = Pick<z.infer<typeof Stored>, 'entries' | 'touched' | 'touchedBy'>;

export type SlotRequest = Omit<z.infer<typeof Entry>, 'at'> & {
  target: Pick<Entity, 'kind' | 'value'>;
  /** Whether it may take the slots that are reserved for actions about high and critical alerts. */
  isSevere: boolean;
};
type Bounds = Pick<
  Limits,
  'automaticPerMinute' | 'distinctTargetsPerHour' | 'slotsReservedForSevere'
>;
export type Reservation =
  | { granted: true }
  /** `contended`: too many lost races to tell; a later attempt may succeed. */
  | { granted: false; why: string; contended: boolean };

export function createLimiter(table: Table) {
  /** One attempt; null if another writer was faster. */
  async function tryOnce(
    account: string,
    wanted: SlotRequest,
    bounds: Bounds,
    clock: () => Date,
  ): Promise<Reservation | null> {
    const key = singleKey('limiter', account);
    const item = await table.get(key);
    // Read the clock after the item: otherwise a write of another caller could look like clock skew.
    const now = clock();
    const stored = item ? readLimiter(item, account) : NOTHING_YET;
    if (stored === null) return { granted: false, why: UNREADABLE, contended: false };
    const why = clockFault(stored, now);
    if (why !== null) return { granted: false, why, contended: false };
    const others = {
      entries: stored.entries
        .filter(isWithin(MINUTE_MS, now))
        .filter(({ actionId }) => actionId !== wanted.actionId),
      touched: stored.touched.filter(isWithin(HOUR_MS, now)),
      touchedBy: stored.touchedBy,
    };
    const full = exceededLimit(others, wanted, bounds);
    if (full !== null) return { granted: false, why: full, contended: false };
    try {
      const condition = stored.version === 0 ? ABSENT : atVersion(stored.version);
      const next = { ...withReservation(others, wanted, now), version: stored.version + 1 };
      await table.put({ ...key, ...next }, condition);
      return { granted: true };
    } catch (error) {
      if (error instanceof Conflict) return null;
      throw error;
    }
  }

  return {
    /**
     * Reserves one slot per action. Reserving again for the same action moves its slot to the current time, if the
     * limits allow it. The gate reserves when it decides, and the executor reserves again right before it applies: an
     * action counts when it happens, however long ago it was decided.
     */
    async reserve(
      account: string,
      wanted: SlotRequest,
      bounds: Bounds,
      clock: () => Date,
    ): Promise<Reservation> {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const from = clock().getTime();
        const reservation = await tryOnce(account, wanted, bounds, clock);
        const isStale = clock().getTime() - from > MAX_PAUSE_MS;
        if (reservation && !(reservation.granted && isStale)) return reservation;
        await backOff(attempt, table.pacing);
      }
      const why = 'too many automatic actions are being decided at once';
      return { granted: false, why, contended: true };
    },
  };
}

const NOTHING_YET: z.infer<typeof Stored> = { entries: [], touched: [], touchedBy: {}, version: 0 };
const UNREADABLE = "the record of recent automatic actions can't be read";

/** Null if the item is unreadable. Every action then needs approval until the item is fixed. */
function readLimiter(item: Item, account: string): z.infer<typeof Stored> | null {
  try {
    return readStored(Stored, item, { what: 'limiter', account });
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

/** Timestamps further ahead than two maximum clock errors prove that a clock is wrong, but not which one. */
function clockFault(
  { entries, touched }: Pick<Recent, 'entries' | 'touched'>,
  now: Date,
): string | null {
  const newest = Math.max(...[...entries, ...touched].map(({ at }) => Date.parse(at)));
  return newest > now.getTime() + 2 * CLOCK_SKEW_MS
    ? 'clocks disagree, so the count of the last minute is unreliable'
    : null;
}

/** Sliding window: a fixed window would allow twice the limit around its boundary. */
const isWithin =
  (milliseconds: number, now: Date) =>
  ({ at }: { at: string }): boolean =>
    Date.parse(at) > now.getTime() - milliseconds;

/**
 * Describes the first limit that one more action would exceed; null if none. All actions count, of any severity. Near a
 * limit, the reserved slots are for severe alerts only, but at least one slot is for the others, even if policy
 * reserves all. Once only reserved slots are left, one incident may have at most half of them, so that another severe
 * incident finds a slot.
 */
function exceededLimit(
  { entries, touched, touchedBy }: Recent,
  wanted: SlotRequest,
  bounds: Bounds,
): string | null {
  const { perAccount, perAction, perIncident } = bounds.automaticPerMinute;
  const reserved = bounds.slotsReservedForSevere;
  const target = targetHash(wanted);
  const ofIncident = entries.filter(({ incidentId }) => incidentId === wanted.incidentId);
  const isNew = touched.every((one) => one.target !== target);
  const counts = [
    [
      'automatic actions in the last minute in this account',
      entries.length,
      perAccount,
      reserved.perAccount,
      ofIncident,
    ],
    [
      `automatic actions in the last minute named ${wanted.name}`,
      entries.filter(({ name }) => name === wanted.name).length,
      perAction,
      reserved.perAction,
      ofIncident.filter(({ name }) => name === wanted.name),
    ],
    [
      'automatic actions in the last minute for this incident',
      ofIncident.length,
      perIncident,
      reserved.perIncident,
      [],
    ],
    [
      'different targets in the last hour',
      isNew ? touched.length : -1,
      bounds.distinctTargetsPerHour,
      reserved.targetsPerHour,
      touched.filter((one) => touchedBy[one.target] === wanted.incidentId),
    ],
  ] as const;
  for (const [what, count, limit, forSevere, own] of counts) {
    if (count >= limit) return `${count} ${what}; the limit is ${limit}`;
    const unreserved = Math.max(1, limit - forSevere);
    if (!wanted.isSevere && count >= unreserved)
      return `${count} ${what}; the limit is ${unreserved} below high severity, and ${limit} from high on`;
    const share = Math.ceil(forSevere / 2);
    if (count >= unreserved && own.length >= share && share > 0)
      return `${count} ${what}, ${own.length} of them for this incident; the remaining reserved slots are for other incidents`;
  }
  return null;
}

function withReservation(
  { entries, touched, touchedBy }: Recent,
  wanted: SlotRequest,
  now: Date,
): Recent {
  const at = now.toISOString();
  const { actionId, incidentId, name } = wanted;
  const target = targetHash(wanted);
  const targets = [...touched.filter((one) => one.target !== target), { at, target }];
  return {
    entries: [...entries, { at, actionId, incidentId, name }],
    touched: targets,
    touchedBy: Object.fromEntries(
      targets.map((one) => [
        one.target,
        touchedBy[one.target] ?? (one.target === target ? incidentId : ''),
      ]),
    ),
  };
}

/** A hash of the target, because names may be long. */
const targetHash = ({ target: { kind, value } }: SlotRequest): string =>
  createHash('sha256').update(`${kind} ${value}`).digest('hex').slice(0, 16);
