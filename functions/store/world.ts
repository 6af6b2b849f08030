// What the world check found, so that people are notified once per episode.
import * as z from 'zod/mini';
import { Instant } from '../domain/reference.ts';
import { readStored } from '../domain/stored.ts';
import { singleKey } from './layout.ts';
import { ABSENT, atVersion, type Table } from './table.ts';

/** A difference between AWS and the record that lasts, and that people know of. */
const Episode = z.strictObject({
  key: z.string(),
  scope: z.string(),
  since: Instant,
  /** For a missing entry: when it was last seen. Null if it never was, and then it is not put back. */
  seenAt: z._default(z.nullable(Instant), null),
  /** Whether people were notified that it is being put back. */
  puttingBack: z._default(z.boolean(), false),
  /** When the executor was first asked to put it back. Null in an earlier version, and if it was not. */
  askedAt: z._default(z.nullable(Instant), null),
  /** Whether people were notified that it could not be put back. */
  isStuck: z._default(z.boolean(), false),
});
export type Episode = z.infer<typeof Episode>;

const World = z.object({
  episodes: z.array(Episode),
  /** When the last check began that read every list. */
  checkedAt: z.nullable(Instant),
  /** The lists that a deployment of Countermand's own stacks wrote, and when. */
  deployed: z._default(z.array(z.strictObject({ list: z.string(), at: z.string() })), []),
  version: z.int(),
});
export type WorldState = z.infer<typeof World>;

/** An item holds 400 KB. Differences above this number are counted in the message and notified again. */
const MAX_EPISODES = 1_000;

export const createWorldStates = (table: Table) => ({
  async find(account: string): Promise<WorldState> {
    const item = await table.get(singleKey('world', account));
    return item
      ? readStored(World, item, { what: 'world', account })
      : { episodes: [], checkedAt: null, deployed: [], version: 0 };
  },
  /** Throws Conflict if another check saved its result since `from` was read. */
  save: (account: string, from: WorldState, next: Omit<WorldState, 'version'>): Promise<void> =>
    table.put(
      {
        ...singleKey('world', account),
        ...next,
        episodes: next.episodes.slice(0, MAX_EPISODES),
        version: from.version + 1,
      },
      from.version === 0 ? ABSENT : atVersion(from.version),
    ),
});
