// Compares records with their copies, and copies with the signed digests.
import { isDeepStrictEqual } from 'node:util';
import { type Copy, folderOf, withoutToken } from '../functions/archive/archive.ts';
import { faultsIn, type Item } from '../functions/archive/change.ts';
import { COPIES } from '../functions/store/copy-log.ts';
import { locate } from '../functions/store/layout.ts';
import { type Copies, parseCopy } from '../local/archive-copies.ts';
import { type Fault, folderIn, type Listed } from './compare-digests.ts';

export type Stored = Item & { pk: string; sk: string };
type Compared = { records: number; copies: number; found: Fault[] };

/** The faults of each record and each digest, and the number of records and copies. Reads every copy. */
export async function compare(
  items: AsyncIterable<Stored> | Iterable<Stored>,
  copies: Copies,
  listed: Listed,
): Promise<Compared> {
  const keys = await copies.keys(COPIES);
  const byFolder = Map.groupBy(keys, folderIn);
  const missing = Map.groupBy(listed.missing(keys), ({ key }) => folderIn(key));
  const found: Fault[] = [...listed.found];
  let records = 0;
  /** Reads the copies in a folder, once. */
  const take = async (folder: string) => {
    const read: Copy[] = [];
    const faults = new Set<string>();
    const results = await Promise.all(
      (byFolder.get(folder) ?? []).map((key) => readCopy(copies, key)),
    );
    for (const { key, text, copy } of results) {
      if (copy) read.push(copy);
      else faults.add(`its copy cannot be read: ${nameIn(key)}`);
      const fault = copy && listed.faultOf({ key, text, at: copy.at });
      if (fault) faults.add(`${fault}: ${nameIn(key)}`);
    }
    for (const { key, listedIn } of missing.get(folder) ?? [])
      faults.add(`its copy is gone, which ${listedIn} lists: ${nameIn(key)}`);
    byFolder.delete(folder);
    missing.delete(folder);
    return { read, faults: [...faults] };
  };
  for await (const item of items) {
    records += 1;
    const folder = folderOf(item);
    const { read, faults } = await take(folder);
    // Versions before layout 2 copied no leases. The first write of a lease by this version is copied.
    const isEarlierLease = read.length === 0 && locate(item)?.kind === 'lease';
    add(found, folder, [
      ...faults,
      ...(isEarlierLease ? [] : [...faultsAmong(read), ...faultsAgainst(read.at(-1), item)]),
    ]);
  }
  for (const folder of new Set([...byFolder.keys(), ...missing.keys()])) {
    const { read, faults } = await take(folder);
    const isRemoved = read.at(-1)?.record === null && faultsAmong(read).length === 0;
    add(found, folder, [
      ...faults,
      ...faultsAmong(read),
      ...(isRemoved ? [] : ['it is gone from the table']),
    ]);
  }
  return { records, copies: keys.length, found };
}

function add(found: Fault[], record: string, faults: string[]): void {
  if (faults.length > 0) found.push({ record, faults });
}

const nameIn = (key: string): string =>
  key.slice(key.lastIndexOf('/') + 1).replace(/^0+(?=\d)/, '');

async function readCopy(copies: Copies, key: string) {
  const text = await copies.text(key);
  try {
    return { key, text, copy: parseCopy(text) };
  } catch {
    return { key, text, copy: null };
  }
}

const faultsAmong = (copies: readonly Copy[]): string[] => [
  ...new Set(copies.flatMap(({ at, faults }) => faults.map((fault) => `${fault} (${at})`))),
];

function faultsAgainst(last: Copy | undefined, item: Stored): string[] {
  if (!last) return ['it has no copy'];
  if (isDeepStrictEqual(last.record, withoutToken(item))) return [];
  return ['it is not as its last copy', ...faultsIn(item, { before: last.record, after: item })];
}
