// Invokes `digest` every hour.
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export class DigestSchedule extends Construct {
  constructor(scope: Construct, id: string, digest: IFunction) {
    super(scope, id);
    new Rule(this, 'Rule', {
      description: 'Signs the list of what was copied to the archive in the previous hour',
      // By then, the log of that hour is complete. The next digest covers what a failed one left.
      schedule: Schedule.cron({ minute: '10' }),
      targets: [new LambdaFunction(digest)],
    });
  }
}
