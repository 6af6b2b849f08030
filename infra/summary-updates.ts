// Invokes `summarise` for changed records, and on a schedule for the backfill.
import { Duration } from 'aws-cdk-lib';
import type { ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { FilterCriteria, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { SUMMARISED_PREFIXES } from '../functions/store/summarised.ts';

const BACKFILL_EVERY = Duration.minutes(5);

export class SummaryUpdates extends Construct {
  constructor(scope: Construct, id: string, table: Table, summarise: IFunction) {
    super(scope, id);
    const prefixes = SUMMARISED_PREFIXES.map((prefix) => ({ prefix }));
    summarise.addEventSource(
      // `Table` doesn't satisfy `ITable` under exactOptionalPropertyTypes.
      new DynamoEventSource(table as ITable, {
        startingPosition: StartingPosition.LATEST,
        batchSize: 100,
        // One alert changes its records many times within seconds. One summary is enough.
        maxBatchingWindow: Duration.seconds(3),
        retryAttempts: 10,
        bisectBatchOnError: true,
        filters: [FilterCriteria.filter({ dynamodb: { Keys: { pk: { S: prefixes } } } })],
      }),
    );
    new Rule(this, 'Backfill', {
      description: 'Summarises Countermand incidents that have no summary yet',
      schedule: Schedule.rate(BACKFILL_EVERY),
      // The next run makes up for a lost one.
      targets: [new LambdaFunction(summarise, { retryAttempts: 0, maxEventAge: BACKFILL_EVERY })],
    });
  }
}
