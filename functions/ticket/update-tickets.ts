// The ticket step: updates the tickets of incidents whose records changed.

import type { Ticket, TicketProvider } from '../mechanisms/ticket/ticket-provider.ts';

export type TicketDeps = {
  provider: Pick<TicketProvider, 'findOpen' | 'update'>;
  writeTicket: (incidentId: string) => Promise<Ticket>;
};

/**
 * Does nothing for an incident without an open ticket. One ticket that can't be updated does not stop the others:
 * throws AggregateError at the end, so that Lambda invokes the function again.
 */
export async function updateTickets(
  { provider, writeTicket }: TicketDeps,
  incidentIds: Iterable<string>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const incidentId of new Set(incidentIds))
    try {
      const [ticket] = await provider.findOpen(incidentId);
      if (ticket) await provider.update(ticket, await writeTicket(incidentId));
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} tickets could not be updated`);
}
