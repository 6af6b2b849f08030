// The permissions boundary of every role: what none of them may do.
import { Effect, ManagedPolicy, PermissionsBoundary, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { denyAllArn } from './deny-all.ts';
import { accountName, type Names } from './names.ts';

/**
 * API actions of tier 3, of privilege escalation, and those that remove records or their protection. An API that a
 * mechanism lists is not here: conditions on its own statement limit it.
 */
export const NEVER = {
  Hosts: [
    'autoscaling:*',
    'ec2:AttachVolume',
    'ec2:Authorize*',
    'ec2:CopyImage',
    'ec2:CopySnapshot',
    'ec2:CreateImage',
    'ec2:CreateSnapshot*',
    'ec2:DeleteRoute',
    'ec2:Detach*',
    'ec2:DisableImage*',
    'ec2:Disassociate*',
    'ec2:GetConsole*',
    'ec2:GetPasswordData',
    'ec2:Modify*',
    'ec2:RebootInstances',
    'ec2:Replace*',
    'ec2:Revoke*',
    'ec2:StopInstances',
    'ec2:TerminateInstances',
    'ecs:*',
    'eks:*',
    'elasticloadbalancing:*',
    'rds:*',
    'ssm:Send*',
    'ssm:StartAutomationExecution',
    'ssm:StartSession',
  ],
  Identities: [
    'iam:Add*',
    'iam:AttachGroupPolicy',
    'iam:AttachRolePolicy',
    'iam:ChangePassword',
    'iam:Create*',
    'iam:Deactivate*',
    'iam:Delete*',
    'iam:DetachGroupPolicy',
    'iam:DetachRolePolicy',
    'iam:EnableMFADevice',
    'iam:Put*',
    'iam:Remove*',
    'iam:Set*',
    'iam:UpdateAssumeRolePolicy',
    'iam:UpdateGroup',
    'iam:UpdateLoginProfile',
    'iam:UpdateRole*',
    'iam:UpdateUser',
    'iam:Upload*',
    'identitystore:*',
    'organizations:*',
    'sso:*',
    'sts:AssumeRole*',
  ],
  Filters: [
    'network-firewall:*',
    'wafv2:Associate*',
    'wafv2:Create*',
    'wafv2:Delete*',
    'wafv2:Disassociate*',
    'wafv2:Put*',
    'wafv2:UpdateRuleGroup',
    'wafv2:UpdateWebACL',
  ],
  Notifications: ['connect:*', 'ses:Create*', 'ses:Put*', 'ses:SendBulk*', 'ses:SendRawEmail'],
  Code: [
    'cloudformation:*',
    'lambda:Add*',
    'lambda:Create*',
    'lambda:Delete*',
    'lambda:Publish*',
    'lambda:Put*',
    'lambda:UpdateAlias',
    'lambda:UpdateEventSourceMapping',
    'lambda:UpdateFunctionCode',
    'states:Create*',
    'states:Delete*',
    'states:Update*',
  ],
  Records: [
    'cloudtrail:Delete*',
    'cloudtrail:Put*',
    'cloudtrail:Start*',
    'cloudtrail:Stop*',
    'cloudtrail:Update*',
    'dynamodb:BatchWriteItem',
    'dynamodb:Delete*',
    'dynamodb:PartiQL*',
    'dynamodb:Scan',
    'dynamodb:Update*',
    'kms:CreateGrant',
    'kms:Disable*',
    'kms:PutKeyPolicy',
    'kms:ScheduleKeyDeletion',
    'kms:Update*',
    'logs:DeleteLogGroup',
    'logs:DeleteLogStream',
    's3:Bypass*',
    's3:Delete*',
    's3:PutBucket*',
    's3:PutObjectLegalHold',
    's3:PutObjectRetention',
    'secretsmanager:Create*',
    'secretsmanager:Delete*',
    'secretsmanager:Put*',
    'secretsmanager:Rotate*',
    'secretsmanager:Update*',
  ],
} as const;

export class Boundary extends Construct {
  /** `name`: of the policy, unique in the account. */
  constructor(scope: Construct, id: string, names: Names, name: string) {
    super(scope, id);
    const all = ['*'];
    const deny = (sid: string, actions: readonly string[], conditions?: Record<string, object>) =>
      new PolicyStatement({
        ...{ sid, effect: Effect.DENY, actions: [...actions], resources: all },
        ...(conditions && { conditions }),
      });
    const policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName: accountName(names, name),
      description: 'What no role of Countermand may do, even if it is granted',
      statements: [
        // A boundary grants no permission. A role has only those of its own policies.
        new PolicyStatement({ sid: 'NothingMoreByItself', actions: all, resources: all }),
        ...Object.entries(NEVER).map(([sid, actions]) => deny(sid, actions)),
        deny('OtherPolicies', ['iam:AttachUserPolicy', 'iam:DetachUserPolicy'], {
          ArnNotEquals: { 'iam:PolicyARN': denyAllArn(names) },
        }),
        deny('OtherServices', ['iam:PassRole'], {
          StringNotEquals: {
            'iam:PassedToService': ['scheduler.amazonaws.com', 'vpc-flow-logs.amazonaws.com'],
          },
        }),
      ],
    });
    acknowledge(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'A boundary grants no permission. Its denials apply to every resource',
    );
    acknowledge(policy, 'AwsSolutions-IAM5[Action::*]', 'A boundary grants no permission');
    PermissionsBoundary.of(names.stack).apply(policy);
  }
}
