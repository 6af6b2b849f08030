// Compares the lists in AWS with the actions that may have changed them.
import type { Entry } from '../mechanisms/world.ts';

/** An action that an executor proves, and its entries. */
export type Held = {
  incidentId: string;
  actionId: string;
  scope: string;
  /** What the action did, in words. */
  headline: string;
  entries: readonly Entry[];
  /** When it is undone; null if only a person undoes it. */
  dueAt: string | null;
  /** When an executor or the hourly check last found its change in place again; null before it was applied. */
  shownAt: string | null;
  /** Whether its entries must be in the lists: it is in force and not about to be undone. */
  mustBeThere: boolean;
  /** Whether the hourly check found its change missing. It counts where the list could not be read. */
  isDrifted: boolean;
};

/** The lists, by scope. A scope whose lists could not be read is absent: the hourly checks then report. */
export type Lists = ReadonlyMap<string, readonly Entry[]>;

export type Difference = {
  kind: 'wide' | 'unexplained' | 'missing';
  /** Identifies the difference in later checks. */
  key: string;
  scope: string;
  /** The entry in words. */
  text: string;
  /** The list of a missing entry that a deployment may have removed. */
  list: string | null;
  /** The actions that need the missing entry. Empty for the other kinds. */
  actions: readonly Held[];
};

/**
 * `before` and `after` were read before and after the lists: an entry that either explains is not unexplained, and one
 * is missing only if both need it. Pure.
 */
export function compare(
  lists: Lists,
  before: readonly Held[],
  after: readonly Held[],
): Difference[] {
  const explained = new Set([...before, ...after].flatMap(({ entries }) => entries.map(idOf)));
  const found = [...lists].flatMap(([scope, entries]) =>
    entries.flatMap((entry): Difference[] => {
      if (entry.isWide) return [difference('wide', scope, entry)];
      return explained.has(entry.id) ? [] : [difference('unexplained', scope, entry)];
    }),
  );
  return unique([...found, ...missing(lists, before, after)]);
}

function missing(lists: Lists, before: readonly Held[], after: readonly Held[]): Difference[] {
  const needed = new Set(
    before.filter(({ mustBeThere }) => mustBeThere).map((one) => one.actionId),
  );
  const holders = after.filter((one) => one.mustBeThere && needed.has(one.actionId));
  const gone = holders.flatMap(({ scope, entries, isDrifted }) => {
    const list = lists.get(scope);
    const there = new Set(list?.map(idOf));
    const isGone = ({ id }: Entry) => (list ? !there.has(id) : isDrifted);
    return entries.filter(isGone).map((entry) => ({ scope, entry }));
  });
  return gone.map(({ scope, entry }) => ({
    ...difference('missing', scope, entry),
    actions: holders.filter(({ entries }) => entries.some(({ id }) => id === entry.id)),
  }));
}

const idOf = ({ id }: Entry): string => id;

const difference = (
  kind: Difference['kind'],
  scope: string,
  { id, text, list }: Entry,
): Difference => ({
  kind,
  key: `${kind}:${id}`,
  scope,
  text,
  list: list ?? null,
  actions: [],
});

const unique = (differences: readonly Difference[]): Difference[] => [
  ...new Map(differences.map((one) => [one.key, one])).values(),
];
