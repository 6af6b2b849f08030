// Describes who halted and resumed an account, and why.
import * as z from 'zod/mini';
import { locate } from '../functions/store/layout.ts';
import { haltEntry } from '../functions/store/switch-entries.ts';
import type { Item } from '../functions/store/table.ts';

const Resumed = z.object({ at: z.string(), by: z.string(), why: z.string(), mode: z.string() });

/** One line for a halt or a resumption, with its time first; nothing for any other record. */
export function switchLines(item: Item): string[] {
  const kind = locate(item)?.kind;
  if (kind === 'halt') {
    const { at, by, mode, why } = haltEntry(item);
    return [`${at || item.sk} set to ${mode} by ${by}: ${why}`];
  }
  if (kind !== 'resumption') return [];
  const read = Resumed.safeParse(item).data;
  return [
    read
      ? `${read.at} resumed (${read.mode}) by ${read.by}: ${read.why}`
      : `${item.sk} a resumption that can't be read`,
  ];
}
