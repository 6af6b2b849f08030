// Leases: one effect in AWS and the actions that hold it. It is undone when the last holder lets go.
import { z } from 'zod';
import { Conflict } from '../domain/errors.ts';
import { readStored } from '../domain/stored.ts';
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
  version: z.int().min(1),
});
export type Lease = z.infer<typeof Lease>;

/** What the last one to let go has to know: the state to go back to, where it was looked at. */
export type Released = Pick<Lease, 'captured' | 'before' | 'handedOn'>;

export function createLeases(table: Table) {
  const key = (effectKey: string) => ({ pk: `LEASE#${effectKey}`, sk: 'LEASE' });
  const write = (effectKey: string, lease: Lease, from: Lease | null) =>
    table.put({ ...key(effectKey), ...lease }, from ? atVersion(from.version) : ABSENT);

  async function find(effectKey: string): Promise<Lease | null> {
    const item = await table.get(key(effectKey));
    if (!item) return null;
    const { pk: _pk, sk: _sk, ...rest } = item;
    return readStored(Lease, rest, { what: 'lease', effectKey });
  }

  return {
    find,

    /** Joins the effect. Idempotent per holder. Throws Conflict while the last holder is taking the effect back. */
    acquire: (effectKey: string, actionId: string): Promise<Lease> =>
      contended(async () => {
        const lease = await find(effectKey);
        if (!lease) {
          const first = {
            holders: [actionId],
            captured: false,
            before: null,
            handedOn: false,
            releasing: null,
            version: 1,
          };
          await write(effectKey, first, null);
          return first;
        }
        if (lease.holders.includes(actionId) && lease.releasing === null) return lease;
        if (lease.releasing !== null)
          throw new Conflict(`the effect is being taken back by ${lease.releasing}`, {
            effectKey,
            actionId,
          });
        const joined = {
          ...lease,
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
        const lease = await find(effectKey);
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
     * `drop` or `leave`; nobody can join a lease that it held until then.
     */
    release: (effectKey: string, actionId: string): Promise<Released | null> =>
      contended(async () => {
        const lease = await find(effectKey);
        if (!lease) return { captured: false, before: null, handedOn: false };
        if (lease.holders.length === 0 || lease.releasing === actionId) return lease;
        const version = lease.version + 1;
        const holders = lease.holders.filter((holder) => holder !== actionId);
        if (holders.length > 0) {
          if (holders.length < lease.holders.length)
            await write(effectKey, { ...lease, holders, handedOn: true, version }, lease);
          return null;
        }
        const mine = { ...lease, releasing: actionId, version };
        await write(effectKey, mine, lease);
        return mine;
      }),

    /** Ends the lease after the effect was taken back. */
    async drop(effectKey: string, actionId: string): Promise<void> {
      const lease = await find(effectKey);
      if (!lease || (lease.holders.length > 0 && lease.releasing !== actionId)) return;
      await table.remove(key(effectKey), atVersion(lease.version));
    },

    /**
     * Ends it for the caller and keeps the state before: whoever comes next does not take a late change of the caller
     * for something that was there before us. The caller comes back to `release` and `drop` it.
     */
    async leave(effectKey: string, actionId: string): Promise<void> {
      const lease = await find(effectKey);
      if (lease?.releasing !== actionId) return;
      const left = { ...lease, holders: [], releasing: null, version: lease.version + 1 };
      await write(effectKey, left, lease);
    },
  };
}
