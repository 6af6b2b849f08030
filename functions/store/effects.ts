// Which action asks about an effect in AWS, or has it.
import * as z from 'zod/mini';
import { Proof } from '../domain/approval.ts';
import { readStored } from '../domain/stored.ts';
import { singleKey } from './layout.ts';
import { ABSENT, atVersion, type Table } from './table.ts';

const Claimed = z.object({
  /** The gate's proof of who claimed the effect, and when. */
  proof: Proof,
  version: z.int().check(z.gte(1)),
});
export type Claimed = z.infer<typeof Claimed>;

/** An effect that no one proposed for this long is asked about like a new one. */
const DAYS = 90;

/** Only `gate` writes these. */
export function createEffects(table: Table) {
  const key = (effectKey: string) => singleKey('effect', effectKey);
  return {
    async find(effectKey: string): Promise<Claimed | null> {
      const item = await table.get(key(effectKey));
      return item ? readStored(Claimed, item, { what: 'effect', effectKey }) : null;
    },
    /** Throws Conflict if another decision claimed the effect since `from` was read. */
    claim(effectKey: string, proof: string, from: Claimed | null, now: Date): Promise<void> {
      const expiresAt = Math.floor(now.getTime() / 1000) + DAYS * 86_400;
      return table.put(
        { ...key(effectKey), proof, version: (from?.version ?? 0) + 1, expiresAt },
        from ? atVersion(from.version) : ABSENT,
      );
    },
  };
}
