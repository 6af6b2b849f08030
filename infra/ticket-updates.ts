// Calls `ticket` with changed records, so that it updates the tickets.
import { Duration } from 'aws-cdk-lib';
import type { ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { TICKETED_PREFIXES } from '../functions/store/ticketed.ts';

/** Collects changes for some seconds: one alert changes its records many times, and its ticket needs one update. */
export function updateTicketsFrom(table: Table, ticket: IFunction): void {
  const prefixes = TICKETED_PREFIXES.map((prefix) => ({ prefix }));
  ticket.addEventSource(
    // `Table` doesn't satisfy `ITable` under exactOptionalPropertyTypes.
    new DynamoEventSource(table as ITable, {
      startingPosition: StartingPosition.LATEST,
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(10),
      retryAttempts: 3,
      filters: [FilterCriteria.filter({ dynamodb: { Keys: { pk: { S: prefixes } } } })],
    }),
  );
}
