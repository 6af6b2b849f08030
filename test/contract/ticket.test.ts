// The contract of tickets. moto has no OpsItems: the stand-in is written from AWS's documentation alone.
import { expect, test } from 'vitest';
import {
  openOpsItem,
  openTicket,
  type TicketClients,
} from '../../functions/execute/ticket/ops-item.ts';
import { createOpsCenter, type OpsItem } from '../../local/aws/ssm.ts';
import { inMemory } from '../../local/aws/state-file.ts';
import { INCIDENT_ID, subjectOn, theAlertItself } from '../fixtures/case.ts';
import { contract, type Ground } from './mechanism-contract.ts';

const subject = subjectOn(theAlertItself, { durationMinutes: null });

/** OpsItems cannot be deleted: what is compared is which are open. */
const openIn = (items: readonly OpsItem[]) =>
  items.filter(({ status }) => status !== 'Resolved').map(({ title, body }) => ({ title, body }));

const other = { incidentId: 'inc-ffffffffffffffff', title: 'another incident', body: 'Theirs.' };

async function emptied(): Promise<Ground<TicketClients>> {
  const file = inMemory<OpsItem[]>([]);
  const ssm = createOpsCenter(file);
  return {
    clients: (wrap) => ({ ssm: wrap(ssm) }),
    snapshot: async () => openIn(file.read()),
    othersAdd: async () => void (await openTicket(ssm, other)),
    othersUndo: async () => {
      for (const { id } of file.read())
        await ssm.updateOpsItem({ OpsItemId: id, Status: 'Resolved' });
    },
  };
}

contract('ticket.ops-item on the stand-in', { mechanism: openOpsItem, subject, setup: emptied });

test('one incident has one open ticket, and says which; after its end it may have a new one', async () => {
  const file = inMemory<OpsItem[]>([]);
  const ssm = createOpsCenter(file);
  const ticket = { incidentId: INCIDENT_ID, title: 'a', body: 'b' };
  const first = await openTicket(ssm, ticket);
  expect(await openTicket(ssm, { ...ticket, title: 'another title' })).toBe(first);
  expect(file.read()).toHaveLength(1);
  await ssm.updateOpsItem({ OpsItemId: first, Status: 'Resolved' });
  expect(await openTicket(ssm, ticket)).not.toBe(first);
});

test('a withdrawn ticket says why', async () => {
  const file = inMemory<OpsItem[]>([]);
  const driver = openOpsItem.connect({ ssm: createOpsCenter(file) });
  const before = await driver.capture(subject);
  await driver.apply(subject, before);
  await driver.revert(subject, before);
  expect(file.read()).toMatchObject([
    { status: 'Resolved', resolution: `Withdrawn: ${subject.actionId} was undone` },
  ]);
});

test('a text of any length fits into the ticket', async () => {
  const file = inMemory<OpsItem[]>([]);
  const ticket = { incidentId: INCIDENT_ID, title: 'x'.repeat(5_000), body: 'y'.repeat(50_000) };
  await openTicket(createOpsCenter(file), ticket);
  expect(file.read()[0]?.title).toContain(INCIDENT_ID);
});
