// Leases on AWS effects. The last holder to release one undoes the effect.
import { Conflict, IllegalTransition, UndoFailed } from '../domain/errors.ts';
import { readStored } from '../domain/stored.ts';
import { minutesAfter } from '../domain/time.ts';
import { digestOf } from './hash-chain.ts';
import { singleKey } from './layout.ts';
import {
  CLAIM_MINUTES,
  type Claimant,
  ENDED,
  EXECUTOR_TIMEOUT_MINUTES,
  holderIn,
  isAbandoned,
  isClaimedByOther,
  isEnded,
  isHeldBy,
  Lease,
  type Living,
  LOST,
  type Origin,
  type Released,
  UNCLAIMED,
  UNHELD,
} from './lease.ts';
import { retryOnConflict } from './retry.ts';
import { ABSENT, atVersion, type Table } from './table.ts';

/** Longer than any call can take. DynamoDB then deletes the item. */
const DAY_SECONDS = 86_400;

export function createLeases(table: Table) {
  const key = (effectKey: string) => singleKey('lease', effectKey);
  const write = (effectKey: string, lease: Lease, from: Lease | null) =>
    table.put({ ...key(effectKey), ...lease }, from ? atVersion(from.version) : ABSENT);

  /** Also returns an ended lease. */
  async function load(effectKey: string): Promise<Lease | null> {
    const item = await table.get(key(effectKey));
    if (!item) return null;
    const { pk: _pk, sk: _sk, expiresAt: _expiresAt, ...rest } = item;
    return readStored(Lease, rest, { what: 'lease', effectKey });
  }

  return {
    async find(effectKey: string): Promise<Lease | null> {
      const lease = await load(effectKey);
      return lease && !isEnded(lease) ? lease : null;
    },

    /**
     * Adds a holder. Idempotent per holder. Throws Conflict while the last holder undoes the effect, and UndoFailed if
     * that failed.
     */
    acquire: (
      effectKey: string,
      actionId: string,
      now: Date,
      origin: Origin | null = null,
    ): Promise<Lease> =>
      retryOnConflict(table, async () => {
        const lease = await load(effectKey);
        const mine = origin && { [actionId]: origin };
        if (!lease) {
          const first = {
            ...UNHELD,
            holders: [actionId],
            origins: { ...mine },
            ...UNCLAIMED,
            version: 1,
          };
          await write(effectKey, first, null);
          return first;
        }
        if (lease.isStuck)
          throw new UndoFailed(
            `the undo of ${lease.releasing} failed, and it has the same effect`,
            { effectKey, actionId },
          );
        if (lease.releasing !== null && !isAbandoned(lease, now))
          throw new Conflict(`${lease.releasing} is undoing the effect`, {
            effectKey,
            actionId,
          });
        if (lease.holders.includes(actionId)) return lease;
        const joined = {
          ...lease,
          ...UNCLAIMED,
          holders: [...lease.holders, actionId],
          origins: { ...lease.origins, ...mine },
          version: lease.version + 1,
        };
        await write(effectKey, joined, lease);
        return joined;
      }),

    /**
     * Stores the before-state that a holder captured after it read `seen`. Returns null, and stores nothing, if an apply
     * has begun since: then the holder may have captured that change.
     */
    recordBefore: (
      effectKey: string,
      actionId: string,
      { before, capture }: { before: unknown; capture: string | null },
      seen: Lease,
    ): Promise<Lease | null> =>
      retryOnConflict(table, async () => {
        const lease = await load(effectKey);
        if (!lease || !isHeldBy(lease, actionId))
          throw new Conflict('the lease was lost', { effectKey, actionId });
        if (lease.captured && lease.begun && lease.version !== seen.version) return null;
        const captured = {
          ...lease,
          captured: true,
          before,
          capture,
          begun: false,
          applies: [],
          version: lease.version + 1,
        };
        await write(effectKey, captured, lease);
        return captured;
      }),

    /**
     * Call before `apply`; returns its number, for `endApply`. Once a reversal has claimed the lease, no apply can begin.
     * Throws IllegalTransition if the action does not hold the effect, and Conflict if another holder captured a different
     * before-state since.
     */
    beginApply: (
      effectKey: string,
      actionId: string,
      { before, now }: { before: unknown; now: Date },
    ): Promise<number> =>
      retryOnConflict(table, async () => {
        const lease = await load(effectKey);
        const ids = { effectKey, actionId };
        if (!lease || !isHeldBy(lease, actionId))
          throw new IllegalTransition('not applied: the action does not hold the effect', ids);
        if (digestOf(lease.before) !== digestOf(before))
          throw new Conflict('the before-state was captured again', ids);
        const version = lease.version + 1;
        const until = minutesAfter(now, EXECUTOR_TIMEOUT_MINUTES);
        const applies = [...lease.applies, { by: actionId, attempt: version, until }];
        await write(effectKey, { ...lease, begun: true, applies, version }, lease);
        return version;
      }),

    /** Call after `apply`. After a reversal, the apply stays recorded: it may have made its change late. */
    endApply: (effectKey: string, actionId: string, attempt: number): Promise<void> =>
      retryOnConflict(table, async () => {
        const lease = await load(effectKey);
        if (!lease || !isHeldBy(lease, actionId)) return;
        const applies = lease.applies.filter((one) => one.attempt !== attempt);
        await write(effectKey, { ...lease, applies, version: lease.version + 1 }, lease);
      }),

    /**
     * Releases the lease. Returns null if others still hold the effect, which then stays. Otherwise the caller has the
     * exclusive claim:
     *
     * 1. It undoes the effect. No one can join and no other reversal can start meanwhile.
     * 2. It calls `drop`, or `detach` if its own apply may still arrive, or `pause` if the undo failed.
     *
     * AWS has no conditional write that could reject a late change, so two reversals must never overlap. Throws Conflict
     * while another reversal has the claim. Holders that are not `living` are removed.
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
        const mine = { ...lease, ...claimed, holders, version: version + 1 };
        await write(effectKey, mine, lease);
        return { ...mine, begun: lease.begun || holders.length === 0 };
      }),

    /**
     * Ends the lease after the undo. The item stays for a day without holders, because deleting it would restart its
     * versions at 1: a delayed write that was conditional on an old version could then succeed on the new lease.
     */
    async drop(effectKey: string, { by, now }: Claimant): Promise<void> {
      const lease = await load(effectKey);
      if (lease?.claim?.by !== by) return;
      const ended = { ...ENDED, version: lease.version + 1 };
      const expiresAt = Math.floor(now.getTime() / 1000) + DAY_SECONDS;
      await table.put({ ...key(effectKey), ...ended, expiresAt }, atVersion(lease.version));
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
        { ...lease, holders: [], ...UNCLAIMED, version: lease.version + 1 },
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

    /** Adds the proofs that a person made for a holder of an earlier version. Does nothing if it holds nothing. */
    sign: (
      effectKey: string,
      { actionId, incidentId }: { actionId: string; incidentId: string },
      { before, capture }: { before: unknown; capture: string },
    ): Promise<void> =>
      retryOnConflict(table, async () => {
        const lease = await load(effectKey);
        if (!lease?.holders.includes(actionId)) return;
        const origins = { ...lease.origins, [actionId]: { incidentId, proof: null } };
        const isSame = lease.captured && digestOf(lease.before) === digestOf(before);
        const proofs = { origins, capture: isSame ? capture : lease.capture };
        await write(effectKey, { ...lease, ...proofs, version: lease.version + 1 }, lease);
      }),

    /** Keeps an effect that could not be undone: it is held like any other, with its before-state. */
    hold: (
      effectKey: string,
      { actionId, incidentId }: { actionId: string; incidentId: string },
      before: unknown,
    ): Promise<void> =>
      retryOnConflict(table, async () => {
        const lease = await load(effectKey);
        const holders = [...new Set([...(lease?.holders ?? []), actionId])];
        const origins = { [actionId]: { incidentId, proof: null }, ...lease?.origins };
        const version = (lease?.version ?? 0) + 1;
        if (!lease || isEnded(lease))
          return write(
            effectKey,
            {
              ...UNHELD,
              holders,
              origins,
              captured: true,
              before,
              begun: true,
              ...UNCLAIMED,
              version,
            },
            lease,
          );
        if (lease.releasing !== actionId) return;
        await write(effectKey, { ...lease, holders, origins, ...UNCLAIMED, version }, lease);
      }),
  };
}
