// Finds the lease of an effect, for functions that write none.
import { isEnded, type Lease } from './lease.ts';
import { createLeaseItems } from './lease-items.ts';
import type { Table } from './table.ts';

export function createLeaseReader(table: Table) {
  const { load } = createLeaseItems(table);
  return {
    /** Null for a lease that has ended. */
    async find(effectKey: string): Promise<Lease | null> {
      const lease = await load(effectKey);
      return lease && !isEnded(lease) ? lease : null;
    },
  };
}
