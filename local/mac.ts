// The MAC of links under a key in a file: what KMS does in an account.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mac } from '../functions/links/signed-claims.ts';

/** Generates with the one key; takes what the previous one made, too, where there is one. */
export const createMac = (key: Uint8Array, previous: Uint8Array | null = null): Mac => {
  const code = (under: Uint8Array, message: Uint8Array) =>
    createHmac('sha256', under).update(message).digest();
  return {
    generate: async (message) => code(key, message),
    verify: async (message, mac) =>
      [key, previous ?? key]
        .map((one) => mac.length === 32 && timingSafeEqual(code(one, message), mac))
        .some(Boolean),
  };
};

const KEY_BYTES = 32;
const PREVIOUS = 'link.previous.key';

/** What `npm start` reads of a folder. To rotate: move `link.key` to `link.previous.key`, and start again. */
export const keysIn = (folder: string) => ({
  linkKey: keyIn(join(folder, 'link.key')),
  previousLinkKey: existsSync(join(folder, PREVIOUS)) ? keyIn(join(folder, PREVIOUS)) : null,
  pageKey: keyIn(join(folder, 'page.key')),
});

/** The key in the file; made, and readable by its owner only, when there is none yet. Throws where it is not whole. */
function keyIn(path: string): Uint8Array {
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
