// The record of which action has or requests an effect in AWS.
import * as z from 'zod/mini';
import { Proof } from '../domain/approval.ts';
import { singleKey } from './layout.ts';
import { ABSENT, atVersion, type Table } from './table.ts';

/** More than an effect is ever claimed. A version near the largest number could not be followed by another one. */
const MAX_VERSION = 1_000_000;

const Claimed = z.object({
  /** The gate's proof of who claimed the effect, and when. */
  proof: Proof,
  version: z.int().check(z.gte(1), z.lte(MAX_VERSION)),
});
/** `unreadable`: the gate didn't write the item. It claims nothing, and the next claim replaces it. */
export type Claimed = z.infer<typeof Claimed> | 'unreadable';

/** After this time without a proposal, an effect counts as new. */
const DAYS = 90;

/** Only `gate` writes these. */
export function createEffects(table: Table) {
  const key = (effectKey: string) => singleKey('effect', effectKey);
  return {
    async find(effectKey: string): Promise<Claimed | null> {
      const item = await table.get(key(effectKey));
      return item ? (Claimed.safeParse(item).data ?? 'unreadable') : null;
    },
    /** Throws Conflict if another decision claimed the effect since `from` was read. */
    claim(effectKey: string, proof: string, from: Claimed | null, now: Date): Promise<void> {
      const expiresAt = Math.floor(now.getTime() / 1000) + DAYS * 86_400;
      const claim = { ...key(effectKey), proof, expiresAt };
      if (from === 'unreadable') return table.put({ ...claim, version: 1 });
      return from
        ? table.put({ ...claim, version: from.version + 1 }, atVersion(from.version))
        : table.put({ ...claim, version: 1 }, ABSENT);
    },
  };
}
