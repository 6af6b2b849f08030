// Reads through the API, and its tokens: who, what and when.
import * as z from 'zod/mini';
import { Instant } from '../domain/reference.ts';
import { seriesPartition } from './layout.ts';
import { ABSENT, type Table } from './table.ts';

export const Read = z.strictObject({
  at: Instant,
  /** ID of the person in policy. */
  by: z.string().check(z.minLength(1), z.maxLength(64)),
  /** The route, as `/api/incidents/{id}`; `/sign-in/api` for a token that was issued. */
  route: z.string().check(z.maxLength(64)),
  incidentId: z.nullable(z.string()),
  /** When the issued token ends. Absent for a read. */
  until: z.optional(Instant),
});
export type Read = z.infer<typeof Read>;

export function createReads(table: Table) {
  return {
    /** Throws Conflict if a read with this time and ID exists. */
    add: (id: string, read: Read): Promise<void> =>
      table.put(
        {
          pk: seriesPartition('read', read.at.slice(0, 'yyyy-mm-dd'.length)),
          sk: `${read.at}#${id}`,
          record: Read.parse(read),
        },
        ABSENT,
      ),
  };
}
