// Records on a lease when an executor begins and ends an apply.
import { Conflict, IllegalTransition } from '../domain/errors.ts';
import { minutesAfter } from '../domain/time.ts';
import { digestOf } from './hash-chain.ts';
import { EXECUTOR_TIMEOUT_MINUTES, isHeldBy } from './lease.ts';
import type { LeaseItems } from './lease-items.ts';
import { retryOnConflict } from './retry.ts';

export const leaseApplies = ({ table, load, write }: LeaseItems) => ({
  /**
   * Call before `apply`; returns its number, for `endApply`. Once a reversal has claimed the lease, no apply can begin.
   * Throws IllegalTransition if the action does not hold the effect, and Conflict if another holder captured a
   * different before-state since.
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
});
