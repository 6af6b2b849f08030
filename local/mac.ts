// Signs links with a key from a file, as KMS does in an account.
import {
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProofKeys } from '../functions/authority/keys.ts';
import type { Mac } from '../functions/links/signed-claims.ts';

/** Signs with `key`. Verifies with `key` and, if there is one, with the previous key. */
export const createMac = (key: Uint8Array, previous: Uint8Array | null = null): Mac => {
  // Once: building the key object takes longer than the MAC.
  const current = createSecretKey(key);
  const accepted = [current, ...(previous ? [createSecretKey(previous)] : [])];
  const code = (under: KeyObject, message: Uint8Array) =>
    createHmac('sha256', under).update(message).digest();
  return {
    generate: async (message) => code(current, message),
    verify: async (message, mac) =>
      accepted
        .map((one) => mac.length === 32 && timingSafeEqual(code(one, message), mac))
        .some(Boolean),
  };
};

const KEY_BYTES = 32;
const PREVIOUS = 'link.previous.key';

/** The keys of npm start in a folder. To rotate, move `link.key` to `link.previous.key` and restart. */
export const keysIn = (folder: string) => ({
  linkKey: keyIn(join(folder, 'link.key')),
  previousLinkKey: existsSync(join(folder, PREVIOUS)) ? keyIn(join(folder, PREVIOUS)) : null,
  proofKeys: {
    votes: keyIn(join(folder, 'vote.key')),
    rulings: keyIn(join(folder, 'ruling.key')),
    evidence: keyIn(join(folder, 'evidence.key')),
    alerts: keyIn(join(folder, 'alert.key')),
    resumptions: keyIn(join(folder, 'resume.key')),
  },
  pageKey: keyIn(join(folder, 'page.key')),
});

export const proofMacs = (keys: Readonly<Record<keyof ProofKeys, Uint8Array>>) => ({
  votes: createMac(keys.votes),
  rulings: createMac(keys.rulings),
  evidence: createMac(keys.evidence),
  alerts: createMac(keys.alerts),
  resumptions: createMac(keys.resumptions),
});

/** Reads the key, or creates one that only its owner can read. Throws if the key is incomplete. */
function keyIn(path: string): Uint8Array {
  try {
    const key = readFileSync(path);
    if (key.length === KEY_BYTES) return key;
    throw new Error(
      `${path} has ${key.length} bytes instead of ${KEY_BYTES}; delete it to create a new key, which invalidates all links`,
    );
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
    const key = randomBytes(KEY_BYTES);
    writeFileSync(path, key, { mode: 0o600, flag: 'wx' });
    return key;
  }
}
