// Invokes the world check every two minutes and after each deployment.
import { Duration, Stack } from 'aws-cdk-lib';
import { EventBus, type IRuleTarget, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, EventBus as ToEventBus } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { CLOUDFRONT_REGION } from '../functions/domain/ip-set.ts';

/** A change of five minutes is checked at least twice. */
export const WORLD_EVERY = Duration.minutes(2);

export class WorldSchedule extends Construct {
  constructor(
    scope: Construct,
    id: string,
    world: IFunction,
    { atCloudFront }: { atCloudFront: boolean },
  ) {
    super(scope, id);
    new Rule(this, 'Rule', {
      description: 'Invokes the Countermand world check',
      schedule: Schedule.rate(WORLD_EVERY),
      // The next check does the work of a lost one.
      targets: [new LambdaFunction(world, { retryAttempts: 0, maxEventAge: WORLD_EVERY })],
    });
    const { stackId, stackName } = Stack.of(this);
    // The edge stack's name begins with that of this one. EdgeEvents sends its events.
    const edge = Stack.of(this).formatArn({
      service: 'cloudformation',
      region: CLOUDFRONT_REGION,
      resource: 'stack',
      resourceName: `${stackName}-`,
    });
    addDeploymentRules(
      this,
      [stackId, ...(atCloudFront ? [{ prefix: edge }] : [])],
      new LambdaFunction(world),
    );
  }
}

/** Sends the events of the edge stack to the region whose functions change its IP sets. */
export class EdgeEvents extends Construct {
  constructor(scope: Construct, id: string, region: string) {
    super(scope, id);
    const arn = Stack.of(this).formatArn({
      service: 'events',
      region,
      resource: 'event-bus',
      resourceName: 'default',
    });
    const bus = EventBus.fromEventBusArn(this, 'Bus', arn);
    addDeploymentRules(this, [Stack.of(this).stackId], new ToEventBus(bus));
  }
}

/**
 * Two rules: for each IP set that CloudFormation updated, which records that its list may be empty, and for the end of
 * a deployment or of its rollback, which starts a check.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/eventbridge-event-patterns.html
 */
function addDeploymentRules(
  scope: Construct,
  stackIds: readonly unknown[],
  target: IRuleTarget,
): void {
  const rule = (id: string, description: string, detailType: string, detail: object) =>
    new Rule(scope, id, {
      description,
      eventPattern: {
        source: ['aws.cloudformation'],
        detailType: [detailType],
        detail: { 'stack-id': [...stackIds], ...detail },
      },
      targets: [target],
    });
  rule(
    'ListWritten',
    'Notifies the Countermand world check that a deployment wrote an IP set',
    'CloudFormation Resource Status Change',
    {
      'resource-type': ['AWS::WAFv2::IPSet'],
      'status-details': { status: ['UPDATE_COMPLETE'] },
    },
  );
  rule(
    'Deployed',
    'Invokes the Countermand world check after a deployment',
    'CloudFormation Stack Status Change',
    {
      'status-details': {
        status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'],
      },
    },
  );
}
