// Adds holders to a lease, with what each captured and what proves it.
import { Conflict, UndoFailed } from '../domain/errors.ts';
import { digestOf } from './hash-chain.ts';
import {
  isAbandoned,
  isEnded,
  isHeldBy,
  type Lease,
  type Origin,
  UNCLAIMED,
  UNHELD,
} from './lease.ts';
import type { LeaseItems } from './lease-items.ts';
import { retryOnConflict } from './retry.ts';

export const leaseHolders = ({ table, load, write }: LeaseItems) => ({
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
        throw new UndoFailed(`the undo of ${lease.releasing} failed, and it has the same effect`, {
          effectKey,
          actionId,
        });
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
      const lifted = lease.lifted.filter((one) => one !== actionId);
      await write(effectKey, { ...lease, holders, origins, lifted, ...UNCLAIMED, version }, lease);
    }),
});
