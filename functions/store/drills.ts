// Drill results by mechanism, and the changes that unfinished drills left.
import * as z from 'zod/mini';
import { Drill } from '../domain/drill.ts';
import { readStored } from '../domain/stored.ts';
import { listedPartition } from './layout.ts';
import type { Table } from './table.ts';

/** Written before the change and removed after the undo: a record that remains belongs to an interrupted drill. */
const UnfinishedDrill = z.strictObject({
  drillId: z.string(),
  mechanism: z.string(),
  startedAt: z.iso.datetime(),
  by: z.string(),
  /** The input of the mechanism, and the captured state in the mechanism's own shape. */
  subject: z.unknown(),
  before: z.unknown(),
});
export type UnfinishedDrill = z.infer<typeof UnfinishedDrill>;

const RESULTS = listedPartition('drill');
const UNFINISHED = listedPartition('unfinishedDrill');

/** Only for people and their commands: no function of the stack may write drills. */
export function createDrills(table: Table) {
  return {
    /** Results by mechanism. An unreadable result is left out and so counts as missing. */
    async all(): Promise<Map<string, Drill>> {
      const items = await table.query(RESULTS);
      const read = items.flatMap(({ pk: _pk, sk: _sk, ...item }) => {
        const parsed = Drill.safeParse(item);
        return parsed.success ? [parsed.data] : [];
      });
      return new Map(read.map((drill) => [drill.mechanism, drill]));
    },
    record: (drill: Drill) => table.put({ pk: RESULTS, sk: drill.mechanism, ...drill }),
    begin: (one: UnfinishedDrill) => table.put({ pk: UNFINISHED, sk: one.drillId, ...one }),
    end: (drillId: string) => table.remove({ pk: UNFINISHED, sk: drillId }),
    unfinished: async (): Promise<UnfinishedDrill[]> =>
      (await table.query(UNFINISHED)).map(({ pk: _pk, sk: _sk, ...item }) =>
        readStored(UnfinishedDrill, item, { what: 'unfinished drill' }),
      ),
  };
}
