// Lambda entry of `summarise`, called by the table's stream and by a schedule.
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { changeIn } from '../platform/stream-record.ts';
import { incidentOf } from '../store/summarised.ts';
import { summariseDeps } from './deps.ts';
import { backfill, summarise } from './summarise.ts';

const deps = summariseDeps(process.env);

/** The schedule's event has no records. */
export async function handler(event: Partial<DynamoDBStreamEvent>): Promise<void> {
  if (!event.Records) {
    await backfill(deps);
    return;
  }
  const changed = event.Records.flatMap((record) => incidentOf(changeIn(record)) ?? []);
  const incidentIds = [...new Set(changed)];
  // AWS recommends at most two readers of a stream, so this function invokes the one that updates tickets.
  if (incidentIds.length > 0) await deps.updateTickets({ incidentIds });
  await summarise(deps, incidentIds);
}
