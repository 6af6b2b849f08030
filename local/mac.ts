// The MAC of links under a key in a file: what KMS does in an account.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Mac } from '../functions/web/link.ts';

export const createMac = (key: Uint8Array): Mac => {
  const code = (message: Uint8Array) => createHmac('sha256', key).update(message).digest();
  return {
    generate: async (message) => code(message),
    verify: async (message, mac) => mac.length === 32 && timingSafeEqual(code(message), mac),
  };
};

/** The key in the file; made, and readable by its owner only, when there is none yet. */
export function keyIn(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
    const key = randomBytes(32);
    writeFileSync(path, key, { mode: 0o600, flag: 'wx' });
    return key;
  }
}
