// Signs digests with a key from a file, as KMS does in an account.
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DigestDeps } from '../functions/digest/deps.ts';

const PRIVATE = 'digest.key';
/** Keep a copy elsewhere: who can write the folder can replace both keys. */
const PUBLIC = 'digest-public.pem';

/** Signs with the key in the folder. Creates the key, which only its owner can read, if there is none. */
export function digestSignerIn(folder: string): DigestDeps['sign'] {
  const path = join(folder, PRIVATE);
  if (!existsSync(path)) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(join(folder, PUBLIC), publicKey.export({ type: 'spki', format: 'pem' }));
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(path, pem, { mode: 0o600, flag: 'wx' });
  }
  const key = readFileSync(path);
  return async (message) => sign('sha256', message, key);
}

/** The public key in the folder; null if nothing was signed there. */
export function digestKeyIn(folder: string): KeyObject | null {
  const path = join(folder, PUBLIC);
  return existsSync(path) ? createPublicKey(readFileSync(path)) : null;
}
