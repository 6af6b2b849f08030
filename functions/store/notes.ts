// Notes that people write about an incident in the console.
import * as z from 'zod/mini';
import { Instant } from '../domain/reference.ts';
import type { Log } from '../platform/log.ts';
import { incidentKey, incidentPartition } from './layout.ts';
import { type Readable, readAll } from './read-all.ts';
import { ABSENT, type Table } from './table.ts';

/** In characters. */
export const MAX_NOTE = 2_000;
/** Of one incident: its page reads them all. */
export const MAX_NOTES = 200;

/** Free text. It is untrusted wherever it is read. */
export const Note = z.strictObject({
  at: Instant,
  /** ID of the person in policy. */
  by: z.string().check(z.minLength(1), z.maxLength(64)),
  text: z.string().check(z.minLength(1), z.maxLength(MAX_NOTE)),
});
export type Note = z.infer<typeof Note>;

export function createNotes(table: Table, log: Log) {
  return {
    /** Oldest first. */
    async of(incidentId: string): Promise<Readable<Note>> {
      const { pk, prefix } = incidentPartition('note', incidentId);
      return readAll(Note, await table.query(pk, { prefix }), log);
    },
    /** Throws Conflict if a note with this time and ID exists. */
    add: (incidentId: string, id: string, note: Note): Promise<void> =>
      table.put(
        { ...incidentKey('note', incidentId, `${note.at}#${id}`), record: Note.parse(note) },
        ABSENT,
      ),
  };
}
