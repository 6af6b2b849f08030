// Lambda entry of `ticket`, called by the table's stream.
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { changeIn } from '../platform/stream-record.ts';
import { incidentOf } from '../store/ticketed.ts';
import { ticketDeps } from './deps.ts';
import { updateTickets } from './update-tickets.ts';

const deps = ticketDeps(process.env);

export const handler = ({ Records }: DynamoDBStreamEvent) =>
  updateTickets(
    deps,
    Records.flatMap((record) => incidentOf(changeIn(record)) ?? []),
  );
