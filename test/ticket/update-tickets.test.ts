// Updates of tickets while the provider fails.
import { expect, test } from 'vitest';
import { Unavailable } from '../../functions/domain/errors.ts';
import { updateTickets } from '../../functions/ticket/update-tickets.ts';

test('updates the tickets of the other incidents when one update fails, and throws at the end', async () => {
  const updated: string[] = [];
  const provider = {
    findOpen: async (incidentId: string) => [{ id: incidentId, name: incidentId }],
    update: async ({ id }: { id: string }) => {
      if (id === 'inc-1') throw new Unavailable('the provider rejects this ticket');
      updated.push(id);
    },
  };
  const writeTicket = async (incidentId: string) => ({
    ...{ incidentId, title: 'Probe', body: 'A probe' },
    severity: 'medium' as const,
  });
  const all = updateTickets({ provider, writeTicket }, ['inc-1', 'inc-2', 'inc-3']);
  await expect(all).rejects.toThrow('1 tickets could not be updated');
  expect(updated).toEqual(['inc-2', 'inc-3']);
});
