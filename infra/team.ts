// The team's SNS topic for alarms and messages, but never for personal links.
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Names } from './names.ts';

export class Team extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { prefix, stack }: Names) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { topicName: `${prefix}team`, enforceSSL: true });
    // A custom topic policy replaces the default one, which lets CloudWatch publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
    );
  }
}
