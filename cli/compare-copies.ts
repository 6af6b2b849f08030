// Holds the records of a table against their copies: what differs was changed where the copy did not see it.
import { isDeepStrictEqual } from 'node:util';
import { type Copy, folderOf, withoutToken } from '../functions/archive/archive.ts';
import { faultsIn, type Item } from '../functions/archive/change.ts';
import type { Copies } from '../local/archive-copies.ts';

export type Stored = Item & { pk: string; sk: string };
export type Fault = { record: string; faults: string[] };

/** What is found, by record; `copies` is how many there are. Reads every copy. */
export async function compare(
  items: AsyncIterable<Stored> | Iterable<Stored>,
  copies: Copies,
): Promise<{ records: number; copies: number; found: Fault[] }> {
  const keys = await copies.keys();
  const byFolder = Map.groupBy(keys, (key) => key.slice(0, key.lastIndexOf('/')));
  const found: Fault[] = [];
  let records = 0;
  const note = (record: string, faults: string[]) => {
    if (faults.length > 0) found.push({ record, faults });
  };
  for await (const item of items) {
    records += 1;
    const folder = folderOf(item);
    const told = await Promise.all((byFolder.get(folder) ?? []).map(copies.read));
    byFolder.delete(folder);
    note(folder, [...faultsAmong(told), ...faultsAgainst(told.at(-1), item)]);
  }
  for (const [folder, left] of byFolder) {
    const told = await Promise.all(left.map(copies.read));
    note(folder, [...faultsAmong(told), 'it is gone from the table']);
  }
  return { records, copies: keys.length, found };
}

const faultsAmong = (told: readonly Copy[]): string[] => [
  ...new Set(told.flatMap(({ at, faults }) => faults.map((fault) => `${fault} (${at})`))),
];

function faultsAgainst(last: Copy | undefined, item: Stored): string[] {
  if (!last) return ['it has no copy'];
  if (isDeepStrictEqual(last.record, withoutToken(item))) return [];
  return ['it is not as its last copy', ...faultsIn(item.sk, { before: last.record, after: item })];
}
