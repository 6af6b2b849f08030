// Schedule group for reversals and reminders, with its execution role.
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deadLetterQueue } from './dead-letter-queue.ts';
import { accountName, functionArn, type Names, stateMachineArn } from './names.ts';

export class ReversalSchedules extends Construct {
  readonly groupName: string;
  readonly role: Role;
  /** Dead-letter queue for schedules that failed for an hour. By then the sweeper has done their work. */
  readonly failed: Queue;
  /** Matches every schedule in the group. */
  readonly scheduleArns: string;

  constructor(scope: Construct, id: string, names: Names) {
    super(scope, id);
    const { prefix, stack } = names;
    this.groupName = `${prefix}reversals`;
    new CfnScheduleGroup(this, 'Group', { name: this.groupName });
    const ofScheduler = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: 'scheduler', resource, resourceName });
    this.scheduleArns = ofScheduler('schedule', `${this.groupName}/*`);

    this.failed = deadLetterQueue(this, 'Failed', `${prefix}schedules-failed`);

    this.role = new Role(this, 'Role', {
      roleName: accountName(names, 'schedules'),
      // Only schedules of this group, in this account, may assume the role.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': stack.account,
            'aws:SourceArn': ofScheduler('schedule-group', this.groupName),
          },
        },
      }),
    });
    const allow = (action: string, resource: string) =>
      this.role.addToPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
    allow('states:StartExecution', stateMachineArn(names, 'reverse'));
    allow('lambda:InvokeFunction', functionArn(names, 'remind'));
    allow('sqs:SendMessage', this.failed.queueArn);
  }
}
