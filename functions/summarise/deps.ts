// Dependencies of `summarise`, and how they are built in AWS.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Lambda } from '@aws-sdk/client-lambda';
import { type Env, readEnv } from '../domain/env.ts';
import { createInvoker } from '../platform/invoke.ts';
import { createLog } from '../platform/logger.ts';
import { createRecords } from '../store/records.ts';
import { createSummaries } from '../store/summaries.ts';
import { createTable } from '../store/table.ts';
import type { SummariseDeps } from './summarise.ts';

/** Throws InvalidInput when a variable is missing. */
export function summariseDeps(
  env: Env,
): SummariseDeps & { updateTickets: (input: { incidentIds: string[] }) => Promise<void> } {
  const { tableName, ticketFunctionName } = readEnv(env, 'tableName', 'ticketFunctionName');
  const log = createLog('summarise', env);
  const table = createTable(new DynamoDBClient({}), tableName);
  return {
    store: { records: createRecords(table, log), summaries: createSummaries(table, log) },
    newId: randomUUID,
    updateTickets: createInvoker(new Lambda({}), ticketFunctionName),
  };
}
