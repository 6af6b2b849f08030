// Reads and writes the items of leases.
import { readStored } from '../domain/stored.ts';
import { singleKey } from './layout.ts';
import { ENDED, Lease, liftedWith } from './lease.ts';
import { ABSENT, atVersion, type Table } from './table.ts';

/** Longer than any call can take. DynamoDB then deletes the item. */
const DAY_SECONDS = 86_400;

export type LeaseItems = ReturnType<typeof createLeaseItems>;

export function createLeaseItems(table: Table) {
  const key = (effectKey: string) => singleKey('lease', effectKey);
  return {
    table,
    /** Also returns an ended lease. */
    async load(effectKey: string): Promise<Lease | null> {
      const item = await table.get(key(effectKey));
      if (!item) return null;
      const { pk: _pk, sk: _sk, expiresAt: _expiresAt, ...rest } = item;
      return readStored(Lease, rest, { what: 'lease', effectKey });
    },
    /** Throws Conflict if the lease changed since `from` was loaded. */
    write: (effectKey: string, lease: Lease, from: Lease | null): Promise<void> =>
      table.put({ ...key(effectKey), ...lease }, from ? atVersion(from.version) : ABSENT),
    /** Empties the lease, keeps the lifted holders, and lets DynamoDB delete it a day later. */
    end(effectKey: string, from: Lease, now: Date): Promise<void> {
      const ended = { ...ENDED, lifted: liftedWith(from), version: from.version + 1 };
      const expiresAt = Math.floor(now.getTime() / 1000) + DAY_SECONDS;
      return table.put({ ...key(effectKey), ...ended, expiresAt }, atVersion(from.version));
    },
  };
}
