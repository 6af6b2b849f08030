// Circuit breaker: after too many failures, every action needs approval.
import * as z from 'zod/mini';
import { HistoryEntry } from '../domain/action.ts';
import { readStored } from '../domain/stored.ts';
import type { Log } from '../platform/log.ts';
import type { Limits } from '../policy/schemas/limits.ts';
import { append } from './hash-chain.ts';
import { singleKey } from './layout.ts';
import { retryOnConflict } from './retry.ts';
import { attentionKeys } from './sweep-index.ts';
import { ABSENT, atVersion, type Table } from './table.ts';

type Bounds = Limits['breaker'];
/** A kind of breaker event, named like its threshold in policy. */
export type BreakerEvent = Exclude<keyof Bounds, 'windowMinutes'>;

const Counted = z.strictObject({ at: z.iso.datetime(), mishap: z.string(), actionId: z.string() });
const Breaker = z.strictObject({
  counted: z.array(Counted),
  /** Null until it trips. Only a signed resumption that names the trip resets it. */
  tripped: z.nullable(z.strictObject({ at: z.iso.datetime(), why: z.string() })),
  /** When the sweeper notifies people; null once they were notified. */
  attentionAt: z._default(z.nullable(z.iso.datetime()), null),
  history: z.array(HistoryEntry),
  version: z.int(),
});
export type Breaker = z.infer<typeof Breaker>;

const WORDS: Readonly<Record<BreakerEvent, string>> = {
  declines: 'proposals were declined',
  failedVerifications: 'applied actions failed verification',
  failedReversals: 'reversals failed',
  reversalsByHand: 'actions were reversed early by a person',
  cascades: 'alerts were self-inflicted',
};

/** Why the breaker trips, or null. It trips when a count reaches its threshold. */
export function tripReason(
  counted: readonly Pick<z.infer<typeof Counted>, 'mishap'>[],
  bounds: Bounds,
): string | null {
  const { windowMinutes, ...thresholds } = bounds;
  const met = (Object.entries(thresholds) as [BreakerEvent, number][])
    .map(([mishap, threshold]) => ({
      mishap,
      threshold,
      count: counted.filter((one) => one.mishap === mishap).length,
    }))
    .find(({ count, threshold }) => count >= threshold);
  return met
    ? `${met.count} ${WORDS[met.mishap]} within ${windowMinutes} minutes; the threshold is ${met.threshold}`
    : null;
}

type Occurrence = { mishap: BreakerEvent; actionId: string };
type Conditions = {
  bounds: Bounds;
  /** When a person last resumed. Events before that time are ignored. */
  since: string;
  /** Whether a signed resumption names the trip. */
  isReset: (trip: { at: string }) => boolean;
  now: Date;
};

const RESET = 'A person resumed after the trip';
/** Higher than any threshold. */
const MOST_COUNTED = 200;
const EMPTY: Breaker = { counted: [], tripped: null, attentionAt: null, history: [], version: 0 };

/** The breaker after one more event. */
function withEvent(
  current: Breaker,
  { mishap, actionId }: Occurrence,
  { bounds, since, isReset, now }: Conditions,
) {
  const at = now.toISOString();
  const from = new Date(now.getTime() - bounds.windowMinutes * 60_000).toISOString();
  const recent = current.counted.filter((one) => one.at > from && one.at > since);
  const counted = [...recent, { at, mishap, actionId }].slice(-MOST_COUNTED);
  const version = current.version + 1;
  if (current.tripped && !isReset(current.tripped)) return { ...current, counted, version };
  const why = tripReason(counted, bounds);
  if (!why) {
    const history = current.tripped
      ? append('breaker', current.history, { at: now, by: 'breaker', event: 'reset', text: RESET })
      : current.history;
    return { ...current, counted, tripped: null, history, version };
  }
  const note = { at: now, by: 'breaker', event: 'tripped', text: why };
  const history = append('breaker', current.history, note);
  return { ...current, counted, tripped: { at, why }, attentionAt: at, history, version };
}

export function createBreaker(table: Table, log: Log) {
  const key = (account: string) => singleKey('breaker', account);
  const find = async (account: string): Promise<Breaker | null> => {
    const item = await table.get(key(account));
    if (!item) return null;
    const { pk, sk, account: _account, open: _open, sweepShard: _, sweepAt: _at, ...rest } = item;
    return readStored(Breaker, rest, { what: 'breaker', account, pk, sk });
  };
  const save = (account: string, { attentionAt, ...next }: Breaker, from: Breaker) =>
    table.put(
      { ...key(account), ...next, account, ...attentionKeys(key(account), attentionAt) },
      from.version > 0 ? atVersion(from.version) : ABSENT,
    );

  return {
    find,
    /** Counts one event of an action. Repeated calls count once. */
    note: (account: string, noted: Occurrence, under: Conditions): Promise<void> =>
      retryOnConflict(table, async () => {
        const current = (await find(account)) ?? EMPTY;
        const isCounted = current.counted.some(
          ({ mishap, actionId }) => mishap === noted.mishap && actionId === noted.actionId,
        );
        if (isCounted) return;
        const next = withEvent(current, noted, under);
        await save(account, next, current);
        if (next.attentionAt && !current.attentionAt)
          log('error', 'breaker tripped', { account, why: next.tripped?.why });
      }),
    /** Call after people were notified of the trip. */
    markNotified: (account: string, seen: Breaker): Promise<void> =>
      save(account, { ...seen, attentionAt: null, version: seen.version + 1 }, seen),
  };
}
