// Log group for VPC flow logs, and the role that EC2 writes them with.
import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { accountName, type Names } from './names.ts';

export class FlowLogs extends Construct {
  readonly logGroupName: string;
  readonly logGroupArn: string;
  readonly deliveryRoleArn: string;

  constructor(scope: Construct, id: string, names: Names) {
    super(scope, id);
    const { stack } = names;
    const group = new LogGroup(this, 'Log', {
      // Unnamed because it outlives the stack, like the table.
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    const role = new Role(this, 'Role', {
      roleName: accountName(names, 'flow-logs'),
      assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: {
            'aws:SourceArn': stack.formatArn({
              service: 'ec2',
              resource: 'vpc-flow-log',
              resourceName: '*',
            }),
          },
        },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        resources: [group.logGroupArn],
      }),
    );
    this.logGroupName = group.logGroupName;
    this.logGroupArn = group.logGroupArn;
    this.deliveryRoleArn = role.roleArn;
  }
}
