// Releases a lease: the last holder gets the claim and undoes the effect.
import { Conflict } from '../domain/errors.ts';
import { minutesAfter } from '../domain/time.ts';
import {
  CLAIM_MINUTES,
  type Claimant,
  holderIn,
  isClaimedByOther,
  isLiftedFor,
  type Lease,
  type Living,
  LOST,
  liftedWith,
  type Released,
  UNCLAIMED,
  UNHELD,
} from './lease.ts';
import type { LeaseItems } from './lease-items.ts';
import { retryOnConflict } from './retry.ts';

export const leaseUndo = ({ table, load, write, end }: LeaseItems) => ({
  /**
   * Releases the lease. Returns null if others still hold the effect, which then stays. Otherwise the caller has the
   * exclusive claim:
   *
   * 1. It undoes the effect. No one can join and no other reversal can start meanwhile.
   * 2. It calls `drop`, or `detach` if its own apply may still arrive, or `pause` if the undo failed.
   *
   * AWS has no conditional write that could reject a late change, so two reversals must never overlap. Throws Conflict
   * while another reversal has the claim. Holders that are not `living` are removed: the undo is also theirs.
   */
  release: (
    effectKey: string,
    actionId: string,
    { by, now }: Claimant,
    living: Living,
  ): Promise<Released | null> =>
    retryOnConflict(table, async () => {
      const lease = await load(effectKey);
      const claimed = {
        releasing: actionId,
        claim: { by, until: minutesAfter(now, CLAIM_MINUTES) },
        isStuck: false,
      };
      if (!lease) {
        await write(effectKey, { ...UNHELD, ...claimed, version: 1 }, null);
        return LOST;
      }
      const { claim, releasing, version } = lease;
      if (isClaimedByOther(lease, by, now))
        throw new Conflict(`${releasing} is undoing the effect (${claim?.by})`, {
          effectKey,
          actionId,
        });
      const listed = lease.holders.filter((holder) => holder !== actionId);
      const others = [...(listed.length > 0 ? await living(listed.map(holderIn(lease))) : [])];
      if (others.length > 0) {
        if (others.length < lease.holders.length)
          await write(
            effectKey,
            { ...lease, holders: others, handedOn: true, version: version + 1 },
            lease,
          );
        return null;
      }
      const holders = lease.holders.filter((holder) => holder === actionId);
      const lifting = [...lease.lifting, ...listed].filter((holder) => holder !== actionId);
      const mine = { ...lease, ...claimed, holders, lifting, version: version + 1 };
      await write(effectKey, mine, lease);
      return {
        ...mine,
        begun: lease.begun || holders.length === 0,
        isLifted: isLiftedFor(lease, actionId),
      };
    }),

  /**
   * Ends the lease after the undo. The item stays for a day without holders, because deleting it would restart its
   * versions at 1: a delayed write that was conditional on an old version could then succeed on the new lease.
   */
  async drop(effectKey: string, { by, now }: Claimant): Promise<void> {
    const lease = await load(effectKey);
    if (lease?.claim?.by !== by) return;
    await end(effectKey, lease, now);
  },

  /**
   * Ends the caller's hold but keeps the before-state, for an apply that may still arrive: the next holder doesn't
   * mistake that change for the original state. The caller calls `release` and `drop` later.
   */
  async detach(effectKey: string, { by }: Claimant): Promise<void> {
    const lease = await load(effectKey);
    if (lease?.claim?.by !== by) return;
    await write(
      effectKey,
      {
        ...lease,
        holders: [],
        lifted: liftedWith(lease),
        ...UNCLAIMED,
        version: lease.version + 1,
      },
      lease,
    );
  },

  /** Call if the undo failed. No one may join yet. Another reversal of the same action may start at once. */
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
});
