// Copies of records: files on a laptop, objects in an account's locked bucket.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { paginateListObjectsV2, type S3 } from '@aws-sdk/client-s3';
import { Copy } from '../functions/archive/archive.ts';
import type { ArchiveDeps } from '../functions/archive/deps.ts';

export type Copies = {
  /** The keys of all copies, sorted. */
  keys(): Promise<string[]>;
  /** Rejects if the copy can't be read. */
  read(key: string): Promise<Copy>;
};
export type Writable = Copies & Pick<ArchiveDeps, 'put'>;

export function copiesInFolder(folder: string): Writable {
  return {
    async put(key, body) {
      const path = join(folder, key);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      if (!existsSync(path)) writeFileSync(path, body, { mode: 0o400 });
    },
    async keys() {
      if (!existsSync(folder)) return [];
      const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      return names.filter((name) => name.endsWith('.json')).sort();
    },
    read: async (key) => Copy.parse(JSON.parse(readFileSync(join(folder, key), 'utf8'))),
  };
}

export function copiesInMemory(): Writable {
  const bodies = new Map<string, string>();
  return {
    async put(key, body) {
      if (!bodies.has(key)) bodies.set(key, body);
    },
    keys: async () => [...bodies.keys()].sort(),
    read: async (key) => Copy.parse(JSON.parse(bodies.get(key) ?? '')),
  };
}

/** For commands that never read them: the copies of 10,000 alerts take more than 1 GB of memory. */
export const noCopies = (): Writable => ({ ...copiesInMemory(), put: async () => {} });

export function copiesInBucket(client: S3, Bucket: string): Copies {
  return {
    async keys() {
      const keys: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket }))
        keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
      return keys;
    },
    async read(Key) {
      const { Body } = await client.getObject({ Bucket, Key });
      return Copy.parse(JSON.parse((await Body?.transformToString()) ?? ''));
    },
  };
}
