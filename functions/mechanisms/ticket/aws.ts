// Connects the ticket mechanisms to OpsCenter and to policy's ticket system.
import { SSM } from '@aws-sdk/client-ssm';
import { ticketOf } from '../../messaging/ticket.ts';
import { remoteClients } from '../../platform/http-clients.ts';
import { createRecords } from '../../store/records.ts';
import type { Connect } from '../connect.ts';
import { ticketMechanisms } from './ticket-providers.ts';

export const connect: Connect = ({ policy, table, log }) => {
  const clients = remoteClients();
  const records = createRecords(table, log);
  return ticketMechanisms(policy, {
    ...clients,
    ssm: new SSM({}),
    writeTicket: (incidentId) => ticketOf(records, incidentId, clients.now()),
  });
};
