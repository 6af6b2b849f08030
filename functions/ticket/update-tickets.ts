// The ticket step: updates the tickets of incidents whose records changed.

import { isDeepStrictEqual } from 'node:util';
import { Conflict } from '../domain/errors.ts';
import type { Ticket, TicketProvider, TicketRef } from '../mechanisms/ticket/ticket-provider.ts';

export type TicketDeps = {
  provider: Pick<TicketProvider, 'findOpen' | 'update'>;
  writeTicket: (incidentId: string) => Promise<Ticket>;
};

/**
 * Does nothing for an incident without an open ticket. One ticket that can't be updated does not stop the others:
 * throws AggregateError at the end, so that Lambda invokes the function again.
 */
export async function updateTickets(
  deps: TicketDeps,
  incidentIds: Iterable<string>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const incidentId of new Set(incidentIds))
    try {
      const [ticket] = await deps.provider.findOpen(incidentId);
      if (ticket) await updateUntilCurrent(deps, ticket, incidentId);
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} tickets could not be updated`);
}

/** Records that change more often are updated again by the invocation of the latest change. */
const MOST_UPDATES = 5;

/**
 * Writes the ticket until the records are as it says. Invocations run at the same time, and the one that read older
 * records may be the last one to write.
 */
async function updateUntilCurrent(
  { provider, writeTicket }: TicketDeps,
  ticket: TicketRef,
  incidentId: string,
): Promise<void> {
  let text = await writeTicket(incidentId);
  for (let updates = 0; updates < MOST_UPDATES; updates++) {
    await provider.update(ticket, text);
    const latest = await writeTicket(incidentId);
    if (isDeepStrictEqual(latest, text)) return;
    text = latest;
  }
  throw new Conflict('the records changed during each update of the ticket', { incidentId });
}
