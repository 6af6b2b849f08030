// Stores the state of a stand-in in a JSON file, or in memory for tests.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateFile } from '../../functions/mechanisms/stand-in.ts';

export function inMemory<T>(initial: T): StateFile<T> {
  let state = structuredClone(initial);
  return {
    read: () => structuredClone(state),
    write: (next) => {
      state = structuredClone(next);
    },
  };
}

/**
 * Keeps the state across restarts. Writes a new file and renames it over the old one, so that a crash loses neither.
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
  load();
  return {
    read: load,
    write: (state) => {
      writeFileSync(`${path}.new`, JSON.stringify(state, null, 2));
      renameSync(`${path}.new`, path);
    },
  };
}

/** Keeps each state in a file of its own in the folder, or in memory without a folder. */
export const stateIn =
  (folder: string | undefined) =>
  <T>(name: string, initial: T): StateFile<T> =>
    folder ? onDisk(join(folder, `${name}.json`), initial) : inMemory(initial);
