// Writes histories and recorded reads to a file, one JSON line for each entry.
import { appendFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { HistoryEntry } from '../functions/domain/action.ts';
import { Read } from '../functions/store/reads.ts';
import type { Stored } from './compare-copies.ts';
import { Refused } from './refused.ts';

const WithHistory = z.object({ history: z.array(HistoryEntry) });

/**
 * Creates the file, and returns a function that appends the history of one record, or a recorded read. Throws Refused
 * if the file exists or can't be written.
 */
export function exportTo(path: string): (item: Stored) => void {
  try {
    writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Refused(`cannot write ${path}: ${why}`);
  }
  return ({ pk, sk, record }) => {
    const read = Read.safeParse(record).data;
    const entries = read ? [read] : (WithHistory.safeParse(record).data?.history ?? []);
    const lines = entries.map((entry) => JSON.stringify({ pk, sk, ...entry }));
    if (lines.length > 0) appendFileSync(path, `${lines.join('\n')}\n`);
  };
}
