// An append-only file of JSON lines. It survives a crash of this process at any byte, and is made short at each start.
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { claimDirectory, DataDirectoryUnwritable } from './data-directory.ts';

/** Thrown when a line other than a torn last one cannot be read: somebody edited the file, or the disk is failing. */
export class JournalDamaged extends Error {
  override readonly name = 'JournalDamaged';
  readonly path: string;
  readonly line: number;
  constructor(path: string, line: number, cause: unknown) {
    super(`${path}, line ${line}: not an entry of this file`, { cause });
    this.path = path;
    this.line = line;
  }
}

export type Journal<Entry> = {
  /** As found at opening, after `compact`. */
  entries: readonly Entry[];
  /** Returns once the system has the line. Throws DataDirectoryUnwritable when it does not take it. */
  append(entry: Entry): void;
};

/**
 * @param compact says which entries still matter; the others are dropped from the file.
 */
export function openJournal<Entry>(
  path: string,
  schema: z.ZodType<Entry>,
  compact: (entries: Entry[]) => Entry[],
): Journal<Entry> {
  claimDirectory(dirname(path));
  const entries = compact(existsSync(path) ? readEntries(path, schema) : []);
  return orUnwritable(path, () => {
    replaceFile(path, entries.map(toLine).join(''));
    return {
      entries,
      append: (entry) => orUnwritable(path, () => appendFileSync(path, toLine(entry))),
    };
  });
}

/** An entry counts when its line is whole, line break included: a line without one was being written at a crash. */
function readEntries<Entry>(path: string, schema: z.ZodType<Entry>): Entry[] {
  const text = orUnwritable(path, () => readFileSync(path, 'utf8'));
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.flatMap((line, index) => {
    if (line === '') return [];
    try {
      return [schema.parse(JSON.parse(line))];
    } catch (cause) {
      throw new JournalDamaged(path, index + 1, cause);
    }
  });
}

/** Written beside and renamed over, so that a crash leaves the old file or the new one. */
function replaceFile(path: string, text: string): void {
  const beside = `${path}.new`;
  writeFileSync(beside, text);
  const file = openSync(beside, 'r');
  fsyncSync(file);
  closeSync(file);
  renameSync(beside, path);
}

const toLine = (entry: unknown) => `${JSON.stringify(entry)}\n`;

function orUnwritable<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw new DataDirectoryUnwritable(path, cause);
  }
}
