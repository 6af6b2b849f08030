// Reads many items by their keys.
import type { Item, Key, Table } from './table.ts';

/** Requests at the same time. The SDK opens at most 50 connections. */
const AT_ONCE = 25;

/** The items that exist, in the order of their keys. */
export async function readEach(table: Table, keys: readonly Key[]): Promise<Item[]> {
  const items: Item[] = [];
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const batch = keys.slice(from, from + AT_ONCE).map((key) => table.get(key));
    items.push(...(await Promise.all(batch)).filter((item) => item !== undefined));
  }
  return items;
}
