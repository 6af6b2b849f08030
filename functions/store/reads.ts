// Reads through the API, and its tokens: issued and ended.
import * as z from 'zod/mini';
import { Instant } from '../domain/reference.ts';
import { seriesPartition } from './layout.ts';
import { ABSENT, type Table } from './table.ts';

export const Read = z.strictObject({
  at: Instant,
  /** ID of the person in policy. */
  by: z.string().check(z.minLength(1), z.maxLength(64)),
  /** The route, as `/api/incidents/{id}`; `/sign-in/api` for tokens that were issued or ended. */
  route: z.string().check(z.maxLength(64)),
  incidentId: z.nullable(z.string()),
  /** When the issued token ends. Absent for a read. */
  until: z.optional(Instant),
  /** ID of the person whose tokens were ended. */
  ended: z.optional(z.string()),
});
export type Read = z.infer<typeof Read>;

/** A person's ends have a partition of their own, so that the API reads the last one however many reads there are. */
const partitionOf = ({ at, ended }: Pick<Read, 'at' | 'ended'>): string =>
  seriesPartition(
    'read',
    ended === undefined ? at.slice(0, 'yyyy-mm-dd'.length) : `ended-${ended}`,
  );

export function createReads(table: Table) {
  return {
    /** Throws Conflict if a read with this time and ID exists. */
    add: (id: string, read: Read): Promise<void> =>
      table.put(
        { pk: partitionOf(read), sk: `${read.at}#${id}`, record: Read.parse(read) },
        ABSENT,
      ),
    /** When the person's tokens were last ended, or null. Throws if that can't be read. */
    async tokensEnded(person: string): Promise<Date | null> {
      const pk = partitionOf({ at: '', ended: person });
      const [last] = await table.query(pk, { newestFirst: true, limit: 1 });
      return last ? new Date(Read.parse(last.record).at) : null;
    },
  };
}
