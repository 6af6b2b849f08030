// Finds proofs, votes and orders that a write removed or replaced.
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';

/** Written once: a second value would be another decision, or another state to restore. */
const ONCE = ['ruling', 'evidence'] as const;
/** The oldest orders are left out after this many. */
const MOST_ORDERS = 10;

const List = z._default(z.array(z.unknown()), []);
const Lists = z.looseObject({
  orders: List,
  approval: z._default(z.nullable(z.looseObject({ votes: List })), null),
});

type Fields = Readonly<{ [field: string]: unknown }>;

/**
 * The faults of a write, in words. An old state that is put back under a new version and a new entry shows here: it
 * lacks what was added since.
 */
export function removalsIn(was: Fields, now: Fields): string[] {
  const replaced = ONCE.filter(
    (field) => (was[field] ?? null) !== null && !isDeepStrictEqual(was[field], now[field]),
  );
  const [before, after] = [Lists.safeParse(was).data, Lists.safeParse(now).data];
  if (!before || !after) return replaced.map(asReplaced);
  return [
    ...replaced.map(asReplaced),
    ...(isExtended(before.orders, after.orders, MOST_ORDERS) ? [] : ['an earlier order is gone']),
    ...(isExtended(before.approval?.votes ?? [], after.approval?.votes ?? [])
      ? []
      : ['an earlier vote is gone']),
  ];
}

const asReplaced = (field: string): string => `${field} was replaced`;

/** Whether the later list begins with the earlier one. A full list may have lost its first item. */
const isExtended = (was: unknown[], now: unknown[], most = Infinity): boolean =>
  [0, was.length === most ? 1 : 0].some((left) =>
    isDeepStrictEqual(was.slice(left), now.slice(0, was.length - left)),
  );
