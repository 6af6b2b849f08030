// Leases: one effect in AWS and the actions that hold it. It is undone when the last holder lets go.
import * as z from 'zod';
import { Instant } from '../domain/alert.ts';
import { Conflict, UndoFailed } from '../domain/errors.ts';
import { readStored } from '../domain/stored.ts';
import { minutesAfter } from '../domain/time.ts';
import { ABSENT, atVersion, contended, type Table } from './table.ts';

const Lease = z.strictObject({
  /** Nobody for a while after a reversal that a late execution may follow: the state before stays known. */
  holders: z.array(z.string()),
  /** The state before the first holder; `captured` tells a stored null from one not yet looked at. */
  captured: z.boolean(),
  before: z.unknown(),
  /** Whether a holder let go and left it to the others to take the effect back. Where it is not on record, one may have. */
  handedOn: z.boolean().default(true),
  /** The last holder, while it takes the effect back; nobody may join then. */
  releasing: z.string().nullable(),
  /** Which reversal of it is at work: alone until then, when its function cannot be alive any more. */
  claim: z.strictObject({ by: z.string(), until: Instant }).nullable().default(null),
  /** The last attempt to take it back failed, and only a person or the sweeper begins another. */
  isStuck: z.boolean().default(false),
  version: z.int().min(1),
});
export type Lease = z.infer<typeof Lease>;

/** One reversal: a name that its retries share, and the time. */
export type Claimant = { by: string; now: Date };

/** More than the time limit of a reverser in infra/function-table.ts, with room for clocks that differ. */
const CLAIM_MINUTES = 3;

/** What the last one to let go has to know: the state to go back to, where it was looked at. */
export type Released = Pick<Lease, 'captured' | 'before' | 'handedOn'>;

export function createLeases(table: Table) {
  const key = (effectKey: string) => ({ pk: `LEASE#${effectKey}`, sk: 'LEASE' });
  const write = (effectKey: string, lease: Lease, from: Lease | null) =>
    table.put({ ...key(effectKey), ...lease }, from ? atVersion(from.version) : ABSENT);

  /** Also one that is over. */
  async function load(effectKey: string): Promise<Lease | null> {
    const item = await table.get(key(effectKey));
    if (!item) return null;
    const { pk: _pk, sk: _sk, expiresAt: _expiresAt, ...rest } = item;
    return readStored(Lease, rest, { what: 'lease', effectKey });
  }

  return {
    async find(effectKey: string): Promise<Lease | null> {
      const lease = await load(effectKey);
      return lease && !isOver(lease) ? lease : null;
    },

    /**
     * Joins the effect. Idempotent per holder. Throws Conflict while the last holder is taking the effect back, and
     * UndoFailed where that failed.
     */
    acquire: (effectKey: string, actionId: string, now: Date): Promise<Lease> =>
      contended(async () => {
        const lease = await load(effectKey);
        if (!lease) {
          const first = {
            holders: [actionId],
            captured: false,
            before: null,
            handedOn: false,
            ...FREE,
            version: 1,
          };
          await write(effectKey, first, null);
          return first;
        }
        if (lease.isStuck)
          throw new UndoFailed(
            `the undo of ${lease.releasing}, which has the same effect, failed`,
            {
              effectKey,
              actionId,
            },
          );
        if (lease.releasing !== null && !isForsaken(lease, now))
          throw new Conflict(`the effect is being taken back by ${lease.releasing}`, {
            effectKey,
            actionId,
          });
        if (lease.holders.includes(actionId)) return lease;
        const joined = {
          ...lease,
          ...FREE,
          holders: [...lease.holders, actionId],
          version: lease.version + 1,
        };
        await write(effectKey, joined, lease);
        return joined;
      }),

    /**
     * Stores what was there before us, once: the first to look wins. Only the first holder may look, because a
     * later one might already see the first one's change; it gets Conflict until the state is there.
     */
    recordBefore: (effectKey: string, actionId: string, before: unknown): Promise<Lease> =>
      contended(async () => {
        const lease = await load(effectKey);
        if (!lease) throw new Conflict('the lease was lost', { effectKey, actionId });
        if (lease.captured) return lease;
        if (lease.holders[0] !== actionId)
          throw new Conflict(`${lease.holders[0]} has not yet recorded the state before it`, {
            effectKey,
          });
        const captured = { ...lease, captured: true, before, version: lease.version + 1 };
        await write(effectKey, captured, lease);
        return captured;
      }),

    /**
     * Lets go. Null: others hold the effect, so it stays. Otherwise the caller must take the effect back and then call
     * `drop` or `leave`, or `pause` where it cannot; nobody can join until then. No other reversal gets as far before
     * this one is over or dead: AWS knows no condition by which a late change could be refused, so there must be none.
     * Throws Conflict while another reversal is at work.
     */
    release: (
      effectKey: string,
      actionId: string,
      { by, now }: Claimant,
    ): Promise<Released | null> =>
      contended(async () => {
        const lease = await load(effectKey);
        const claimed = {
          releasing: actionId,
          claim: { by, until: minutesAfter(now, CLAIM_MINUTES) },
          isStuck: false,
        };
        if (!lease) {
          const unheld = { holders: [], captured: false, before: null, handedOn: false };
          await write(effectKey, { ...unheld, ...claimed, version: 1 }, null);
          return { ...unheld };
        }
        const { claim, releasing, version } = lease;
        if (claim && claim.by !== by && claim.until > now.toISOString())
          throw new Conflict(`the effect is being taken back by ${releasing} (${claim.by})`, {
            effectKey,
            actionId,
          });
        const others = lease.holders.filter((holder) => holder !== actionId);
        if (others.length > 0) {
          if (others.length < lease.holders.length)
            await write(
              effectKey,
              { ...lease, holders: others, handedOn: true, version: version + 1 },
              lease,
            );
          return null;
        }
        // Whoever began to take it back finishes that, too.
        if (releasing !== null && releasing !== actionId) return null;
        const mine = { ...lease, ...claimed, version: version + 1 };
        await write(effectKey, mine, lease);
        return mine;
      }),

    /**
     * Ends the lease after the effect was taken back. It stays for a day without a holder: begun anew, its versions would
     * begin anew, and a write that was decided on the old one could pass for one of the new.
     */
    async drop(effectKey: string, { by, now }: Claimant): Promise<void> {
      const lease = await load(effectKey);
      if (lease?.claim?.by !== by) return;
      const over = { ...OVER, version: lease.version + 1 };
      const expiresAt = Math.floor(now.getTime() / 1000) + DAY_SECONDS;
      await table.put({ ...key(effectKey), ...over, expiresAt }, atVersion(lease.version));
    },

    /**
     * Ends it for the caller and keeps the state before: whoever comes next does not take a late change of the caller
     * for something that was there before us. The caller comes back to `release` and `drop` it.
     */
    async leave(effectKey: string, { by }: Claimant): Promise<void> {
      const lease = await load(effectKey);
      if (lease?.claim?.by !== by) return;
      await write(effectKey, { ...lease, holders: [], ...FREE, version: lease.version + 1 }, lease);
    },

    /** The caller could not take it back. Nobody may join yet; another reversal of the same action may begin at once. */
    async pause(
      effectKey: string,
      { by }: Claimant,
      { isStuck }: Pick<Lease, 'isStuck'>,
    ): Promise<void> {
      const lease = await load(effectKey);
      if (lease?.claim?.by !== by) return;
      const claim = lease.holders.length > 0 || isStuck ? null : lease.claim;
      await write(effectKey, { ...lease, claim, isStuck, version: lease.version + 1 }, lease);
    },

    /** What could not be taken back is kept: it is held like any other effect, with the state before it. */
    hold: (effectKey: string, actionId: string, before: unknown): Promise<void> =>
      contended(async () => {
        const lease = await load(effectKey);
        const holders = [...new Set([...(lease?.holders ?? []), actionId])];
        if (!lease || isOver(lease)) {
          const version = (lease?.version ?? 0) + 1;
          const held = { holders, captured: true, before, handedOn: false, ...FREE, version };
          return write(effectKey, held, lease);
        }
        if (lease.releasing !== actionId) return;
        await write(effectKey, { ...lease, holders, ...FREE, version: lease.version + 1 }, lease);
      }),
  };
}

/** Held by nobody, and whoever looked whether something was left died of it: nobody has to come back. */
const isForsaken = ({ holders, claim }: Lease, now: Date): boolean =>
  holders.length === 0 && claim !== null && claim.until <= now.toISOString();

const FREE = { releasing: null, claim: null, isStuck: false };
const OVER = { holders: [], captured: false, before: null, handedOn: false, ...FREE };
/** Longer than any call of ours lives; then DynamoDB removes it. */
const DAY_SECONDS = 86_400;

/** Nobody holds it, takes it back, or knows what was there before. */
const isOver = ({ holders, captured, releasing }: Lease): boolean =>
  holders.length === 0 && !captured && releasing === null;
