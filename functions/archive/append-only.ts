// Finds proofs, answers and descriptions that a write removed or replaced.
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

const Description = z.nullable(z.looseObject({ manualUndo: z.optional(z.unknown()) }));
const Described = z.looseObject({
  description: z._default(Description, null),
  history: z._default(z.array(z.looseObject({ event: z.string() })), []),
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

/**
 * People read the description on the page before they keep or undo the action. Only the execution changes it, once: it
 * adds how to undo the action manually.
 */
export function descriptionFaults(was: Fields, now: Fields): string[] {
  const [before, after] = [Described.safeParse(was).data, Described.safeParse(now).data];
  if (!before || !after) return [];
  const added = after.history.slice(before.history.length);
  const isExecuted = added.some(({ event }) => event === 'executing');
  const [from, to] = isExecuted
    ? [withoutUndo(before.description), withoutUndo(after.description)]
    : [before.description, after.description];
  return isDeepStrictEqual(from, to) ? [] : ['the description was changed'];
}

const withoutUndo = (description: z.infer<typeof Description>) =>
  description && { ...description, manualUndo: null };

const asReplaced = (field: string): string => `${field} was replaced`;

/** Whether the later list begins with the earlier one. A full list may have lost its first item. */
const isExtended = (was: unknown[], now: unknown[], most = Infinity): boolean =>
  [0, was.length === most ? 1 : 0].some((left) =>
    isDeepStrictEqual(was.slice(left), now.slice(0, was.length - left)),
  );
