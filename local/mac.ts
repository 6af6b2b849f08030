// The MAC of links under a key in a file: what KMS does in an account.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Mac } from '../functions/web/seal.ts';

export const createMac = (key: Uint8Array): Mac => {
  const code = (message: Uint8Array) => createHmac('sha256', key).update(message).digest();
  return {
    generate: async (message) => code(message),
    verify: async (message, mac) => mac.length === 32 && timingSafeEqual(code(message), mac),
  };
};

const KEY_BYTES = 32;

/** The key in the file; made, and readable by its owner only, when there is none yet. Throws where it is not whole. */
export function keyIn(path: string): Uint8Array {
  try {
    const key = readFileSync(path);
    if (key.length === KEY_BYTES) return key;
    throw new Error(
      `${path} holds ${key.length} bytes and not a key of ${KEY_BYTES}; delete it, and links sent so far end`,
    );
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
    const key = randomBytes(KEY_BYTES);
    writeFileSync(path, key, { mode: 0o600, flag: 'wx' });
    return key;
  }
}
