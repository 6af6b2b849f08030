// Writes the histories of records to a file, one JSON line for each entry.
import { appendFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { HistoryEntry } from '../functions/domain/action.ts';
import type { Stored } from './compare-copies.ts';
import { Refused } from './refused.ts';

const WithHistory = z.object({ history: z.array(HistoryEntry) });

/**
 * Creates the file, and returns a function that appends the history of one record. Throws Refused if the file exists or
 * can't be written.
 */
export function exportTo(path: string): (item: Stored) => void {
  try {
    writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Refused(`cannot write ${path}: ${why}`);
  }
  return ({ pk, sk, record }) => {
    const { data } = WithHistory.safeParse(record);
    const lines = (data?.history ?? []).map((entry) => JSON.stringify({ pk, sk, ...entry }));
    if (lines.length > 0) appendFileSync(path, `${lines.join('\n')}\n`);
  };
}
