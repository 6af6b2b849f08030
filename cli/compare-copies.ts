// Compares the records of a table with their copies in the archive.
import { isDeepStrictEqual } from 'node:util';
import { type Copy, folderOf, withoutToken } from '../functions/archive/archive.ts';
import { faultsIn, type Item } from '../functions/archive/change.ts';
import { locate } from '../functions/store/layout.ts';
import type { Copies } from '../local/archive-copies.ts';

export type Stored = Item & { pk: string; sk: string };
export type Fault = { record: string; faults: string[] };

/** The faults of each record, and the number of records and copies. Reads every copy. */
export async function compare(
  items: AsyncIterable<Stored> | Iterable<Stored>,
  copies: Copies,
): Promise<{ records: number; copies: number; found: Fault[] }> {
  const keys = await copies.keys();
  const byFolder = Map.groupBy(keys, (key) => key.slice(0, key.lastIndexOf('/')));
  const found: Fault[] = [];
  let records = 0;
  const add = (record: string, faults: string[]) => {
    if (faults.length > 0) found.push({ record, faults });
  };
  for await (const item of items) {
    records += 1;
    const folder = folderOf(item);
    const read = await Promise.all((byFolder.get(folder) ?? []).map(copies.read));
    byFolder.delete(folder);
    // Versions before layout 2 copied no leases. The first write of a lease by this version is copied.
    const isEarlierLease = read.length === 0 && locate(item)?.kind === 'lease';
    add(folder, isEarlierLease ? [] : [...faultsAmong(read), ...faultsAgainst(read.at(-1), item)]);
  }
  for (const [folder, left] of byFolder) {
    const read = await Promise.all(left.map(copies.read));
    add(folder, [...faultsAmong(read), 'it is gone from the table']);
  }
  return { records, copies: keys.length, found };
}

const faultsAmong = (copies: readonly Copy[]): string[] => [
  ...new Set(copies.flatMap(({ at, faults }) => faults.map((fault) => `${fault} (${at})`))),
];

function faultsAgainst(last: Copy | undefined, item: Stored): string[] {
  if (!last) return ['it has no copy'];
  if (isDeepStrictEqual(last.record, withoutToken(item))) return [];
  return ['it is not as its last copy', ...faultsIn(item, { before: last.record, after: item })];
}
