// Leases on AWS effects. The last holder to release one undoes the effect.
import { isEnded, type Lease } from './lease.ts';
import { leaseApplies } from './lease-applies.ts';
import { leaseHolders } from './lease-holders.ts';
import { createLeaseItems } from './lease-items.ts';
import { leaseUndo } from './lease-undo.ts';
import type { Table } from './table.ts';

export function createLeases(table: Table) {
  const items = createLeaseItems(table);
  return {
    /** Null for a lease that has ended. */
    async find(effectKey: string): Promise<Lease | null> {
      const lease = await items.load(effectKey);
      return lease && !isEnded(lease) ? lease : null;
    },
    ...leaseHolders(items),
    ...leaseApplies(items),
    ...leaseUndo(items),
  };
}
