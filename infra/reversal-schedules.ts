// The group that holds the one-time schedules of reversals and reminders, and the role that carries them out.
import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { functionArn, type Names, stateMachineArn } from './names.ts';

export class ReversalSchedules extends Construct {
  readonly groupName: string;
  readonly role: Role;
  /** What could not be delivered for an hour; the sweeper has done it by then, and an alarm says so. */
  readonly failed: Queue;
  /** Of every schedule in the group. */
  readonly scheduleArns: string;

  constructor(scope: Construct, id: string, names: Names) {
    super(scope, id);
    const { prefix, stack } = names;
    this.groupName = `${prefix}reversals`;
    new CfnScheduleGroup(this, 'Group', { name: this.groupName });
    const ofScheduler = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: 'scheduler', resource, resourceName });
    this.scheduleArns = ofScheduler('schedule', `${this.groupName}/*`);

    this.failed = new Queue(this, 'Failed', {
      queueName: `${prefix}schedules-failed`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.failed, 'AwsSolutions-SQS3', 'It is itself a dead-letter queue');

    this.role = new Role(this, 'Role', {
      roleName: `${prefix}schedules`,
      // Only schedules of this group, in this account, may act through it.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': stack.account,
            'aws:SourceArn': ofScheduler('schedule-group', this.groupName),
          },
        },
      }),
    });
    const may = (action: string, resource: string) =>
      this.role.addToPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
    may('states:StartExecution', stateMachineArn(names, 'reverse'));
    may('lambda:InvokeFunction', functionArn(names, 'remind'));
    may('sqs:SendMessage', this.failed.queueArn);
  }
}
