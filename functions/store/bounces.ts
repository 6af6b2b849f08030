// When the team was last notified that email to a person is not delivered.
import * as z from 'zod/mini';
import { readStored } from '../domain/stored.ts';
import { singleKey } from './layout.ts';
import { retryOnConflict } from './retry.ts';
import { ABSENT, atVersion, type Table } from './table.ts';

const HOUR_MS = 3_600_000;
/** The team gets one notice in this time for each person. */
const ONE_NOTICE_HOURS = 24;
const KEPT_DAYS = 7;

const Bounce = z.object({
  at: z.iso.datetime(),
  /** ID of the email in SES. A repeated event about it is a retry. */
  mailId: z.string(),
  version: z.int(),
});

export function createBounces(table: Table) {
  return {
    /** Whether to notify the team about this email. A retry for the same email is admitted again. */
    admit: (person: string, mailId: string, now: Date): Promise<boolean> =>
      retryOnConflict(table, async () => {
        const key = singleKey('bounce', person);
        const item = await table.get(key);
        const last = item && readStored(Bounce, item, { what: 'bounce', person });
        if (last && Date.parse(last.at) + ONE_NOTICE_HOURS * HOUR_MS > now.getTime())
          return last.mailId === mailId;
        await table.put(
          {
            ...key,
            at: now.toISOString(),
            mailId,
            version: (last?.version ?? 0) + 1,
            expiresAt: Math.floor(now.getTime() / 1000) + KEPT_DAYS * 24 * 3600,
          },
          last ? atVersion(last.version) : ABSENT,
        );
        return true;
      }),
  };
}
