// The addresses that people came from when they opened a link of theirs: what must not be blocked.
import * as z from 'zod';
import { readStored } from '../domain/stored.ts';
import { ABSENT, atVersion, contended, type Item, type Table } from './table.ts';

/** Somebody at a desk, on a phone and on the way, and whatever their mail program follows links from. */
const MOST_KEPT = 10;
const DAYS_KEPT = 14;
/** A page that is opened again and again is one visit. */
const SAME_VISIT_MS = 3_600_000;

const Stored = z.object({
  addresses: z.array(
    z.strictObject({ address: z.union([z.ipv4(), z.ipv6()]), at: z.iso.datetime() }),
  ),
  version: z.int(),
});

const read = (item: Item) =>
  readStored(Stored, item, { what: 'addresses of an approver', person: String(item.sk) });

const PARTITION = 'APPROVERS';

export function createApproverAddresses(table: Table) {
  const since = (now: Date) => new Date(now.getTime() - DAYS_KEPT * 86_400_000).toISOString();
  return {
    /** Newest first, the few newest, each once. */
    note: (person: string, address: string, now: Date): Promise<void> =>
      contended(async () => {
        const key = { pk: PARTITION, sk: person };
        const item = await table.get(key);
        const { addresses, version } = item ? read(item) : { addresses: [], version: 0 };
        const known = addresses.find((one) => one.address === address);
        if (known && Date.parse(known.at) > now.getTime() - SAME_VISIT_MS) return;
        const others = addresses.filter((one) => one.address !== address && one.at > since(now));
        const kept = [{ address, at: now.toISOString() }, ...others].slice(0, MOST_KEPT);
        await table.put(
          {
            ...key,
            addresses: kept,
            version: version + 1,
            expiresAt: Math.floor(now.getTime() / 1000) + DAYS_KEPT * 86_400,
          },
          version === 0 ? ABSENT : atVersion(version),
        );
      }),
    /** Of everybody, within the time that they are kept. Throws where one item cannot be read: half of them is no answer. */
    recent: async (now: Date): Promise<string[]> =>
      (await table.query(PARTITION))
        .flatMap((item) => read(item).addresses)
        .filter(({ at }) => at > since(now))
        .map(({ address }) => address),
  };
}
