// Leases on AWS effects. The last holder to release one undoes the effect.
import { leaseApplies } from './lease-applies.ts';
import { leaseHolders } from './lease-holders.ts';
import { createLeaseItems } from './lease-items.ts';
import { createLeaseReader } from './lease-reader.ts';
import { leaseUndo } from './lease-undo.ts';
import type { Table } from './table.ts';

export function createLeases(table: Table) {
  const items = createLeaseItems(table);
  return {
    ...createLeaseReader(table),
    ...leaseHolders(items),
    ...leaseApplies(items),
    ...leaseUndo(items),
  };
}
