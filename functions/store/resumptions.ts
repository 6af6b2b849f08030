// Resumptions: signed records of the halts that a person ended.
import * as z from 'zod/mini';
import { prove, proven, type Signer, type Verifier } from '../authority/claims.ts';
import { digestOf } from './hash-chain.ts';
import { seriesPartition } from './layout.ts';
import { fault, type SwitchEntry } from './switch-entries.ts';
import type { Item } from './table.ts';

const Content = z.strictObject({
  by: z.string(),
  at: z.iso.datetime(),
  why: z.string(),
  /** When the identity provider authenticated the person; null for an operator with AWS credentials. */
  authTime: z.nullable(z.iso.datetime()),
  /** The mode afterwards. */
  mode: z.enum(['run', 'ask']),
  /**
   * IDs of the entries that it ends, and of those that earlier resumptions ended, so that only the newest is verified.
   */
  ends: z.array(z.string()),
});
export type Resumption = z.infer<typeof Content>;
const Stored = z.strictObject({
  pk: z.string(),
  sk: z.string(),
  ...Content.shape,
  proof: z.string(),
});

export const resumptionId = (sk: string): string => `RESUME ${sk}`;

/** Returns the signed item. The MAC covers its key, so a copy under another key is invalid. */
export async function signResumption(
  signer: Signer,
  account: string,
  id: string,
  content: Resumption,
): Promise<Item> {
  const key = { pk: seriesPartition('resumption', account), sk: `${content.at}#${id}` };
  const claims = { ...key, content: digestOf(Content.parse(content)) };
  return { ...key, ...content, proof: await prove(signer, 'resumption', claims) };
}

/** The content; null if the item can't be read or its MAC is invalid. */
export async function provenResumption(verifier: Verifier, item: Item): Promise<Resumption | null> {
  const parsed = Stored.safeParse(item);
  if (!parsed.success) return null;
  const { pk, sk, proof, ...content } = parsed.data;
  const claims = await proven(verifier, 'resumption', proof);
  return claims?.pk === pk && claims.sk === sk && claims.content === digestOf(content)
    ? content
    : null;
}

export type Resumptions = {
  /** Entries that restrict the account: resumptions to `ask`, and items with an invalid MAC. */
  entries: SwitchEntry[];
  /** IDs of all ended entries. */
  ended: ReadonlySet<string>;
  /** IDs of the verified resumptions to `run`. The next resumption names them and repeats what they ended. */
  superseded: readonly string[];
  /** The newest verified resumption; null if there is none. */
  latest: Resumption | null;
};

/** Verifies the newest first. A resumption that a newer one names needs no verification. */
export async function readResumptions(
  verifier: Verifier,
  items: readonly Item[],
): Promise<Resumptions> {
  const ended = new Set<string>();
  const superseded: string[] = [];
  const entries: SwitchEntry[] = [];
  let latest: Resumption | null = null;
  for (const item of items.toSorted((a, b) => (a.sk < b.sk ? 1 : -1))) {
    const id = resumptionId(item.sk);
    const unprovenId = `${id} ${digestOf(item)}`;
    if (ended.has(id) || ended.has(unprovenId)) continue;
    const found = await provenResumption(verifier, item);
    if (!found) {
      entries.push(fault("a stored resumption can't be verified", unprovenId));
      continue;
    }
    latest ??= found;
    for (const one of found.ends) ended.add(one);
    if (found.mode === 'run') superseded.push(id);
    else entries.push({ ...found, id, mode: 'ask' });
  }
  return { entries, ended, superseded, latest };
}
