// Remembers valid MACs, because each check verifies the same proofs again.
import type { Verifier } from '../authority/claims.ts';

/** A few hundred bytes each. */
const MAX_REMEMBERED = 5_000;

/** A MAC that was valid stays valid until its key is rotated, and a deployment starts new processes. */
export function remembered(inner: Verifier): Verifier {
  const valid = new Set<string>();
  return {
    async verify(message, mac) {
      const key = `${Buffer.from(mac).toString('base64')} ${Buffer.from(message).toString('base64')}`;
      if (valid.has(key)) return true;
      if (!(await inner.verify(message, mac))) return false;
      if (valid.size >= MAX_REMEMBERED) valid.clear();
      valid.add(key);
      return true;
    },
  };
}
