// Finds actions in force whose hourly check isn't planned.

import { folderOf } from '../functions/archive/archive.ts';
import { Action, isInForce } from '../functions/domain/action.ts';
import { locate, singleKey } from '../functions/store/layout.ts';
import type { Table } from '../functions/store/table.ts';
import type { Stored } from './compare-copies.ts';
import type { Fault } from './compare-digests.ts';

/** The ID of the action in force that the item holds, or null. */
export function inForceIn(item: Stored): string | null {
  if (locate(item)?.kind !== 'action') return null;
  const { data } = Action.safeParse(item.record);
  return data && isInForce(data) ? data.actionId : null;
}

/**
 * A fault for each of these actions without a planned check. Checks have no copies: any role that writes them can end
 * one, and a missing effect would then stay unnoticed. Reads the checks after the actions: a check is written first.
 */
export async function missingChecks(
  table: Pick<Table, 'get'>,
  inForce: ReadonlyMap<string, Stored>,
): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const [actionId, item] of inForce) {
    const check = await table.get(singleKey('check', actionId));
    if (typeof check?.sweepAt !== 'string')
      faults.push({ record: folderOf(item), faults: ['no check of its effect is planned'] });
  }
  return faults;
}
