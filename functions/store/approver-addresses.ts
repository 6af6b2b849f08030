// Addresses from which approvers recently opened their links; never blocked.
import * as z from 'zod/mini';
import { readStored } from '../domain/stored.ts';
import { listedPartition } from './layout.ts';
import { retryOnConflict } from './retry.ts';
import { ABSENT, atVersion, type Item, type Table } from './table.ts';

/** A person's desk, phone and mobile network, and the proxies that follow links for their mail program. */
const MOST_KEPT = 10;
const DAYS_KEPT = 14;
/** Repeated visits within this time are recorded once. */
const SAME_VISIT_MS = 3_600_000;

const Stored = z.object({
  addresses: z.array(
    z.strictObject({ address: z.union([z.ipv4(), z.ipv6()]), at: z.iso.datetime() }),
  ),
  version: z.int(),
});

const read = (item: Item) =>
  readStored(Stored, item, { what: 'addresses of an approver', person: String(item.sk) });

export function createApproverAddresses(table: Table) {
  const since = (now: Date) => new Date(now.getTime() - DAYS_KEPT * 86_400_000).toISOString();
  return {
    /** Records an address of the person. Keeps the newest few, without duplicates. */
    note: (person: string, address: string, now: Date): Promise<void> =>
      retryOnConflict(table, async () => {
        const key = { pk: listedPartition('approver'), sk: person };
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
    /**
     * The recent addresses of all approvers. Throws if any item is unreadable: a partial list could miss an address.
     */
    recent: async (now: Date): Promise<string[]> =>
      (await table.query(listedPartition('approver')))
        .flatMap((item) => read(item).addresses)
        .filter(({ at }) => at > since(now))
        .map(({ address }) => address),
  };
}
