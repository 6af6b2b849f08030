// Invokes the world check every two minutes and after each deployment.
import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/** A change of five minutes is checked at least twice. */
export const WORLD_EVERY = Duration.minutes(2);

export class WorldSchedule extends Construct {
  constructor(scope: Construct, id: string, world: IFunction) {
    super(scope, id);
    new Rule(this, 'Rule', {
      description: 'Invokes the Countermand world check',
      schedule: Schedule.rate(WORLD_EVERY),
      // The next check does the work of a lost one.
      targets: [new LambdaFunction(world, { retryAttempts: 0, maxEventAge: WORLD_EVERY })],
    });
    // CloudFormation may have written a list again, also when it rolled an update back.
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/eventbridge-event-patterns.html
    new Rule(this, 'Deployed', {
      description: 'Invokes the Countermand world check after a deployment',
      eventPattern: {
        source: ['aws.cloudformation'],
        detailType: ['CloudFormation Stack Status Change'],
        detail: {
          'stack-id': [Stack.of(this).stackId],
          'status-details': {
            status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'],
          },
        },
      },
      targets: [new LambdaFunction(world)],
    });
  }
}
