// What decisions depended on, and each policy, by the digest of their content.
import type { Decision } from '../domain/decision.ts';
import { Conflict } from '../domain/errors.ts';
import { digestOf } from './hash-chain.ts';
import { incidentKey, singleKey } from './layout.ts';
import { ABSENT, type Item, type Table } from './table.ts';

/** Policies have this type nowhere in the store, because a later version reads them by its own schema. */
type StoredPolicy = Readonly<{ version: string }>;

/** Records of the same digest have the same content, so a second write is no fault. */
const once = async (table: Table, item: Item): Promise<void> => {
  try {
    await table.put(item, ABSENT);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
};

export function createDecisions(table: Table) {
  const written = new Set<string>();
  return {
    /** Returns the digest. */
    async put(incidentId: string, decision: Decision): Promise<string> {
      const digest = digestOf(decision);
      await once(table, { ...incidentKey('decision', incidentId, digest), record: decision });
      return digest;
    },
    /** Writes a policy once. */
    async putPolicy(digest: string, policy: StoredPolicy): Promise<void> {
      if (written.has(digest)) return;
      await once(table, { ...singleKey('policy', digest), record: policy });
      written.add(digest);
    },
  };
}
