// The archive: files on a laptop, objects in an account's locked bucket.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Copy } from '../functions/archive/archive.ts';
import type { WriteOnce } from '../functions/platform/bucket.ts';

export type Copies = {
  /** The keys of all files below a prefix, sorted. */
  keys(prefix: string): Promise<string[]>;
  /** Rejects if the file can't be read. */
  text(key: string): Promise<string>;
};
export type Writable = Copies & { put: WriteOnce };

/** Throws if the text is not a copy. */
export const parseCopy = (text: string): Copy => Copy.parse(JSON.parse(text));

export function copiesInFolder(folder: string): Writable {
  return {
    async put(key, body) {
      const path = join(folder, key);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      if (!existsSync(path)) writeFileSync(path, body, { mode: 0o400 });
    },
    async keys(prefix) {
      const below = join(folder, prefix);
      if (!existsSync(below)) return [];
      const entries = readdirSync(below, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => `${prefix}${join(entry.parentPath, entry.name).slice(below.length)}`)
        .sort();
    },
    text: async (key) => readFileSync(join(folder, key), 'utf8'),
  };
}

export function copiesInMemory(): Writable {
  const bodies = new Map<string, string>();
  return {
    async put(key, body) {
      if (!bodies.has(key)) bodies.set(key, body);
    },
    keys: async (prefix) => [...bodies.keys()].filter((key) => key.startsWith(prefix)).sort(),
    text: async (key) => bodies.get(key) ?? '',
  };
}

/** For commands that never read them: the copies of 10,000 alerts take more than 1 GB of memory. */
export const noCopies = (): Writable => ({ ...copiesInMemory(), put: async () => {} });
