// The state of a stand-in: frozen in memory, or kept across restarts.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateFile } from '../../functions/mechanisms/stand-in.ts';
import { openFile } from '../data-directory.ts';
import { type Rows, rowsOf } from './rows.ts';

/** Freezes a value with everything in it. Frozen parts are skipped, so a change costs only what changed. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

export function inMemory<T>(initial: T): StateFile<T> {
  let state = frozen(structuredClone(initial));
  return {
    read: () => structuredClone(state),
    view: () => state,
    write: (next) => {
      state = frozen(next);
    },
  };
}

/**
 * Keeps a small state in a JSON file. Writes a new file and renames it over the old one, so that a crash loses neither.
 * Throws at once if the file exists and isn't JSON.
 */
export function onDisk<T>(path: string, initial: T): StateFile<T> {
  const load = (): T => {
    try {
      return JSON.parse(readFileSync(path, 'utf8'));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if ('code' in error && error.code === 'ENOENT') return structuredClone(initial);
      throw new Error(`Cannot read ${path}: ${error.message}`, { cause: error });
    }
  };
  const memory = inMemory(load());
  return {
    ...memory,
    write: (state) => {
      writeFileSync(`${path}.new`, JSON.stringify(state, null, 2));
      renameSync(`${path}.new`, path);
      memory.write(state);
    },
  };
}

/** Keeps each state in a file of its own in the folder, or in memory without a folder. */
export const stateIn =
  (folder: string | undefined) =>
  <T>(name: string, initial: T): StateFile<T> =>
    folder ? onDisk(join(folder, `${name}.json`), initial) : inMemory(initial);

/** The key of a row that only says that the state was written, also when it is empty. */
const STORED = '';

export type AccountState = {
  state: <T>(name: string, initial: T) => StateFile<T>;
  rows: <T>(name: string) => Rows<T>;
  close(): void;
};

/**
 * Keeps all states in one SQLite file of the folder, or in memory without a folder. Each entry of a list or an object
 * is a row, so that a write costs what changed, however long the list is.
 */
export function openState(folder: string | undefined): AccountState {
  if (folder === undefined)
    return { state: (_, initial) => inMemory(initial), rows: () => rowsOf(), close: () => {} };
  const db = openFile(
    folder,
    'account.sqlite',
    'CREATE TABLE IF NOT EXISTS state (name TEXT, key TEXT, value TEXT, PRIMARY KEY (name, key))',
  );
  const all = db.prepare('SELECT key, value FROM state WHERE name = ? ORDER BY rowid');
  const put = db.prepare(
    'INSERT INTO state (name, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const remove = db.prepare('DELETE FROM state WHERE name = ? AND key = ?');
  const read = (name: string) =>
    all.all(name).map(({ key, value }) => [String(key), JSON.parse(String(value))] as const);
  return {
    rows: (name) =>
      rowsOf(read(name), {
        put: (key, value) => put.run(name, key, JSON.stringify(value)),
        remove: (key) => remove.run(name, key),
      }),
    state<T>(name: string, initial: T): StateFile<T> {
      const rows = read(name);
      let isStored = rows.length > 0;
      const entries = rows.filter(([key]) => key !== STORED);
      const stored = Array.isArray(initial)
        ? entries.map(([, value]) => value)
        : Object.fromEntries(entries);
      const memory = inMemory(isStored ? (stored as T) : initial);
      return {
        ...memory,
        write(next) {
          const before = new Map(isStored ? Object.entries(memory.view() as object) : []);
          db.exec('BEGIN');
          if (!isStored) put.run(name, STORED, 'true');
          isStored = true;
          for (const [key, value] of Object.entries(next as object)) {
            if (before.get(key) !== value) put.run(name, key, JSON.stringify(value));
            before.delete(key);
          }
          for (const key of before.keys()) remove.run(name, key);
          db.exec('COMMIT');
          memory.write(next);
        },
      };
    },
    close: () => db.close(),
  };
}
