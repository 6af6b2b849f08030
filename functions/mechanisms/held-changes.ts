// Reads settings that the account may have itself: only held ones are entries.
import type { Entry, Holding, WorldReader, Written } from './world.ts';

type HeldChanges = {
  scope: string;
  /** The ID of the mechanism that makes the changes. */
  mechanism: string;
  entryOf(holding: Holding): Entry;
  written?: Written;
  /** The IDs of the entries that AWS shows as undone. A target that no longer exists has nothing to undo. */
  undone(held: readonly Holding[]): Promise<readonly string[]>;
};

/**
 * A key that is inactive may be the account's own, so only what an action holds is an entry. `undone` gets each target
 * once, and is not called without an action.
 */
export function createHeldReader({
  scope,
  mechanism,
  entryOf,
  written,
  undone,
}: HeldChanges): WorldReader {
  const isOurs = (holding: Holding) => holding.mechanism === mechanism;
  return {
    scope,
    ...(written && { written }),
    entriesOf: (holding) => (isOurs(holding) ? [entryOf(holding)] : []),
    async read(holdings) {
      const held = new Map(holdings.filter(isOurs).map((one) => [entryOf(one).id, one]));
      if (held.size === 0) return [];
      const gone = new Set(await undone([...held.values()]));
      return [...held.values()].map(entryOf).filter(({ id }) => !gone.has(id));
    },
  };
}
