// Where the stand-ins keep their state: one JSON file each, replaced whole, or memory for tests.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
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
 * Survives restarts. A new state is written beside the old one and renamed over it, so that a crash loses neither.
 * Throws at once where the file is there and is no JSON.
 */
export function onDisk<T>(path: string, initial: T): StateFile<T> {
  const load = (): T => {
    try {
      return JSON.parse(readFileSync(path, 'utf8'));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if ('code' in error && error.code === 'ENOENT') return structuredClone(initial);
      throw new Error(`${path} cannot be read: ${error.message}`, { cause: error });
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
