// Hourly page limit and digest of each recipient.
import * as z from 'zod/mini';
import { ALARMING } from '../domain/alarm-messages.ts';
import { readStored } from '../domain/stored.ts';
import { type Mac, signClaims, verifyClaims } from '../links/signed-claims.ts';
import type { Log } from '../platform/log.ts';
import { digestOf } from './hash-chain.ts';
import { singleKey } from './layout.ts';
import {
  type Admitted,
  admit,
  afterDigest,
  type Bounds,
  type Page,
  Pager,
  recent,
  type SentDigest,
} from './page-limit.ts';
import { retryOnConflict } from './retry.ts';
import { attentionKeys } from './sweep-index.ts';
import { ABSENT, atVersion, type Table } from './table.ts';

/** What the MAC covers. `state` is the digest of the pages and of what is held. */
const Counted = z.strictObject({ recipient: z.string(), state: z.string() });
const DOMAIN = 'countermand pages v1';

/** How a function that sends pages counts them. Only those functions may use `pageKey`. */
export type Paging = { pageKey: Mac; bounds: Bounds; now: Date };
const EMPTY: Pager = { woken: [], held: [], more: 0, dueAt: null, proof: null, version: 0 };

export function createPager(table: Table, log: Log) {
  const keyOf = (recipient: string) => singleKey('pager', recipient);
  async function load(recipient: string, { pageKey, now }: Omit<Paging, 'bounds'>): Promise<Pager> {
    const item = await table.get(keyOf(recipient));
    if (!item) return EMPTY;
    const pager = readStored(Pager, item, { what: 'pager', recipient });
    if (await isProven(pageKey, recipient, pager)) return pager;
    if (recent(pager.woken, now).length > 0 || pager.held.length > 0)
      log('error', ALARMING.recordAltered, {
        recipient,
        why: 'its count of pages has no valid proof',
      });
    return uncounted(pager, now);
  }
  async function save(recipient: string, { version, ...next }: Pager, pageKey: Mac) {
    const claims = { recipient, state: stateOf(next) };
    const proof = await signClaims(pageKey, DOMAIN, claims);
    const due = attentionKeys(keyOf(recipient), next.dueAt);
    return table.put(
      { ...keyOf(recipient), ...next, proof, recipient, version: version + 1, ...due },
      version === 0 ? ABSENT : atVersion(version),
    );
  }

  return {
    /** The state of the recipient: `person:<id>`, or `team`. */
    find: load,
    /**
     * Takes a slot in the sliding hour, or holds the message for the digest. A repeated call with the same key keeps
     * its slot. Throws Conflict if other writers won every race.
     */
    admit: (recipient: string, page: Page, { pageKey, bounds, now }: Paging): Promise<Admitted> =>
      retryOnConflict(table, async () => {
        const current = await load(recipient, { pageKey, now });
        const { next, ...admitted } = admit(current, page, bounds, now);
        if (next) await save(recipient, next, pageKey);
        return admitted;
      }),
    /** Call after a digest was sent, so that it isn't repeated. */
    digestSent: (
      recipient: string,
      said: SentDigest,
      { pageKey, bounds, now }: Paging,
    ): Promise<void> =>
      retryOnConflict(table, async () => {
        const current = await load(recipient, { pageKey, now });
        await save(recipient, afterDigest(current, said, bounds, now), pageKey);
      }),
  };
}

const stateOf = ({ woken, held, more, dueAt }: Omit<Pager, 'version'>): string =>
  digestOf({ woken, held, more, dueAt });

async function isProven(pageKey: Mac, recipient: string, pager: Pager): Promise<boolean> {
  const counted = pager.proof && (await verifyClaims(pageKey, DOMAIN, pager.proof, Counted));
  return counted ? counted.recipient === recipient && counted.state === stateOf(pager) : false;
}

/** A count without a valid proof limits nothing, and its digest is due at once. */
const uncounted = (pager: Pager, now: Date): Pager => ({
  ...pager,
  woken: [],
  dueAt: pager.held.length + pager.more > 0 ? now.toISOString() : null,
});
