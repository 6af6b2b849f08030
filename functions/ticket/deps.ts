// Dependencies of `ticket`, and how they are built in AWS.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSM } from '@aws-sdk/client-ssm';
import { type Env, readEnv } from '../domain/env.ts';
import { ticketProviderOf } from '../mechanisms/ticket/ticket-providers.ts';
import { ticketSteps } from '../messaging/texts/ticket-steps.ts';
import { ticketOf } from '../messaging/ticket.ts';
import { remoteClients } from '../platform/http-clients.ts';
import { createLog } from '../platform/logger.ts';
import { incidentUrlOf } from '../policy/incident-page.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createRecords } from '../store/records.ts';
import { createTable } from '../store/table.ts';
import type { TicketDeps } from './update-tickets.ts';

/** Throws InvalidInput when a variable is missing or the policy cannot be read. */
export function ticketDeps(env: Env): TicketDeps {
  const own = readEnv(env, 'policyPath', 'tableName', 'webBaseUrl');
  const policy = readPolicyFile(own.policyPath);
  const clients = remoteClients();
  const records = createRecords(
    createTable(new DynamoDBClient({}), own.tableName),
    createLog('ticket', env),
  );
  return {
    provider: ticketProviderOf(policy, { ...clients, ssm: new SSM({}) }),
    writeTicket: (incidentId) =>
      ticketOf(records, incidentId, clients.now(), {
        writeSteps: ticketSteps,
        urlOf: incidentUrlOf({ policy, webBaseUrl: own.webBaseUrl }),
      }),
  };
}
