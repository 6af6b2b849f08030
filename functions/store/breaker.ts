// The circuit breaker of an account: counts what went wrong, and asks a person about everything when it is too much.
import * as z from 'zod';
import { HistoryEntry } from '../domain/action.ts';
import { readStored } from '../domain/stored.ts';
import type { Log } from '../platform/log.ts';
import type { Limits } from '../policy/schemas/limits.ts';
import { append } from './hash-chain.ts';
import { ABSENT, atVersion, contended, type Table } from './table.ts';

type Bounds = Limits['breaker'];
/** What is counted, by the name of its threshold in policy. */
export type Mishap = Exclude<keyof Bounds, 'windowMinutes'>;

const Counted = z.strictObject({ at: z.iso.datetime(), mishap: z.string(), actionId: z.string() });
const Breaker = z.strictObject({
  counted: z.array(Counted),
  /** Null until it trips. Only a person's move of the switch afterwards makes it count from the start again. */
  tripped: z.strictObject({ at: z.iso.datetime(), why: z.string() }).nullable(),
  /** The sweeper tells people from then on. */
  attentionAt: z.iso.datetime().nullable().default(null),
  history: z.array(HistoryEntry),
  version: z.int(),
});
export type Breaker = z.infer<typeof Breaker>;

const WORDS: Readonly<Record<Mishap, string>> = {
  declines: 'proposals were declined',
  failedVerifications: 'actions were applied and not there afterwards',
  failedReversals: 'reversals failed',
  reversalsByHand: 'actions were reversed by people before their time',
  cascades: 'alerts were caused by our own actions',
};

/** Why it trips, or null: the threshold is the number at which it does. */
export function tripOf(
  counted: readonly Pick<z.infer<typeof Counted>, 'mishap'>[],
  bounds: Bounds,
): string | null {
  const { windowMinutes, ...thresholds } = bounds;
  const met = (Object.entries(thresholds) as [Mishap, number][])
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

type Noted = { mishap: Mishap; actionId: string };
type Under = {
  bounds: Bounds;
  /** When a person last moved the switch: what was before does not count, and a trip before is mended. */
  since: string;
  now: Date;
};

/** More than any threshold. */
const MOST_COUNTED = 200;
const WHOLE: Breaker = { counted: [], tripped: null, attentionAt: null, history: [], version: 0 };

/** The breaker after one more mishap. */
function after(current: Breaker, { mishap, actionId }: Noted, { bounds, since, now }: Under) {
  const at = now.toISOString();
  const from = new Date(now.getTime() - bounds.windowMinutes * 60_000).toISOString();
  const recent = current.counted.filter((one) => one.at > from && one.at > since);
  const counted = [...recent, { at, mishap, actionId }].slice(-MOST_COUNTED);
  const version = current.version + 1;
  if (current.tripped && current.tripped.at > since) return { ...current, counted, version };
  const why = tripOf(counted, bounds);
  if (!why) return { ...current, counted, tripped: null, version };
  const note = { at: now, by: 'breaker', event: 'tripped', text: why };
  const history = append('breaker', current.history, note);
  return { ...current, counted, tripped: { at, why }, attentionAt: at, history, version };
}

export function createBreaker(table: Table, log: Log) {
  const key = (account: string) => ({ pk: `BREAKER#${account}`, sk: 'BREAKER' });
  const find = async (account: string): Promise<Breaker | null> => {
    const item = await table.get(key(account));
    if (!item) return null;
    const { pk: _pk, sk: _sk, account: _account, open: _open, ...rest } = item;
    return readStored(Breaker, rest, { what: 'breaker', account });
  };
  const save = (account: string, { attentionAt, ...next }: Breaker, from: Breaker) =>
    table.put(
      { ...key(account), ...next, account, ...(attentionAt && { open: 'yes', attentionAt }) },
      from.version > 0 ? atVersion(from.version) : ABSENT,
    );

  return {
    find,
    /** Counts one mishap of one action, once. */
    note: (account: string, noted: Noted, under: Under): Promise<void> =>
      contended(async () => {
        const current = (await find(account)) ?? WHOLE;
        const isCounted = current.counted.some(
          ({ mishap, actionId }) => mishap === noted.mishap && actionId === noted.actionId,
        );
        if (isCounted) return;
        const next = after(current, noted, under);
        await save(account, next, current);
        if (next.attentionAt && !current.attentionAt)
          log('error', 'breaker tripped', { account, why: next.tripped?.why });
      }),
    /** After people were told. */
    settle: (account: string, seen: Breaker): Promise<void> =>
      save(account, { ...seen, attentionAt: null, version: seen.version + 1 }, seen),
  };
}
