// Updates of tickets while the provider fails, or while the records change.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Unavailable } from '../../functions/domain/errors.ts';
import { updateTickets } from '../../functions/ticket/update-tickets.ts';
import { mortal, turnsOf } from '../properties/mortal.ts';

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

test('P12: the ticket says what the last record says although updates read and write at the same moment', async () => {
  const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    const { turn, concurrently } = turnsOf(scheduler);
    let record = 0;
    let ticket = '';
    const { findOpen, update, writeTicket } = mortal(
      'ticket',
      null,
      turn,
    )({
      findOpen: async (id: string) => [{ id, name: id }],
      update: async (_: unknown, { body }: { body: string }) => {
        ticket = body;
      },
      writeTicket: async (incidentId: string) => ({
        ...{ incidentId, title: 'Probe', body: `${record}`, severity: 'medium' as const },
      }),
    });
    const change = async () => {
      await turn('change');
      record++;
      await updateTickets({ provider: { findOpen, update }, writeTicket }, ['inc-1']);
    };
    await concurrently(() => Promise.all([change(), change(), change()]));
    expect(ticket).toBe('3');
  });
  await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 200) });
});
