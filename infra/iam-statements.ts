// IAM statements that a row of the function table can grant to a role.
import { ArnFormat } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { DEPLOYMENT } from '../functions/mechanisms/deployment.ts';
import { sendMail } from '../functions/mechanisms/message/permissions.ts';
import { SCOPES } from '../functions/mechanisms/registry.ts';
import { slackButtonsOf } from '../functions/policy/people.ts';
import { secretsIn } from '../functions/policy/schemas/channels.ts';
import { LEADING_KEYS, type Writable } from '../functions/store/layout.ts';
import { TABLE_SHAPE } from '../functions/store/table-definition.ts';
import type { Rotated } from './mac-keys.ts';
import { deployedStack, secretArn, statementsOf } from './mechanism-permissions.ts';
import { functionArn, stateMachineArn } from './names.ts';
import type { StackContext } from './stack-context.ts';

const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
  new PolicyStatement({ actions, resources, ...(conditions && { conditions }) });

/**
 * Every statement by its name; null where the account's policy gives it no resource.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/
 */
function grantStatements(s: StackContext) {
  const { names } = s;
  return {
    readRecords: allow(['dynamodb:GetItem', 'dynamodb:Query'], [s.tableArn]),
    // No read or delete: Object Lock keeps every existing version.
    archiveRecords: allow(['s3:PutObject'], filesIn(s, 'records/*', 'log/*')),
    // Not the content of copies: it holds untrusted text. The first digest lists their keys.
    readCopyLog: [
      allow(['s3:GetObject'], filesIn(s, 'log/*', 'digests/*')),
      allow(['s3:ListBucket'], [s.archive.bucket.bucketArn], {
        StringLike: { 's3:prefix': ['log/*', 'digests/*', 'records/*'] },
      }),
    ],
    writeDigests: allow(['s3:PutObject'], filesIn(s, 'digests/*')),
    signDigests: allow(['kms:Sign'], [s.digestKeyArn]),
    findOverdue: allow(
      ['dynamodb:Query'],
      TABLE_SHAPE.indexes.map(({ name }) => `${s.tableArn}/index/${name}`),
    ),
    // EC2 Describe calls don't support resource-level permissions.
    readInstances: allow(
      [
        'ec2:DescribeInstances',
        'ec2:DescribeNetworkAcls',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeAddresses',
        'ec2:DescribeSecurityGroups',
      ],
      ['*'],
      { StringEquals: { 'ec2:Region': s.stack.region } },
    ),
    readUsers: allow(
      [
        'iam:GetUser',
        'iam:GetAccessKeyLastUsed',
        'iam:ListAccessKeys',
        'iam:ListAttachedUserPolicies',
        'iam:ListGroupsForUser',
        'iam:ListMFADevices',
        'iam:GetLoginProfile',
      ],
      [s.stack.formatArn({ service: 'iam', region: '', resource: 'user', resourceName: '*' })],
    ),
    readRoles: allow(
      ['iam:GetRole', 'iam:ListAttachedRolePolicies'],
      [s.stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: '*' })],
    ),
    readInstanceProfiles: allow(
      ['iam:GetInstanceProfile'],
      [
        s.stack.formatArn({
          service: 'iam',
          region: '',
          resource: 'instance-profile',
          resourceName: '*',
        }),
      ],
    ),
    readGroups: allow(
      ['iam:ListAttachedGroupPolicies'],
      [s.stack.formatArn({ service: 'iam', region: '', resource: 'group', resourceName: '*' })],
    ),
    readFunctionTags: allow(
      ['lambda:ListTags'],
      [
        s.stack.formatArn({
          service: 'lambda',
          resource: 'function',
          resourceName: '*',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
    ),
    // Tags only: a key itself also has its value.
    readOptIns: [
      allow(['apigateway:GET'], [`arn:${s.stack.partition}:apigateway:${s.stack.region}::/tags/*`]),
      allow(
        ['cognito-idp:ListTagsForResource'],
        [s.stack.formatArn({ service: 'cognito-idp', resource: 'userpool', resourceName: '*' })],
      ),
    ],
    readChangeCalendars: allow(
      ['ssm:GetCalendarState'],
      [s.stack.formatArn({ service: 'ssm', resource: 'document', resourceName: '*' })],
    ),
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html
    sampleWebRequests:
      s.webAcls.length === 0
        ? null
        : allow(
            ['wafv2:GetSampledRequests'],
            s.webAcls.map(({ arn }) => arn),
          ),
    // DescribeFlowLogs doesn't support resource-level permissions.
    findFlowLogs: allow(['ec2:DescribeFlowLogs'], ['*'], {
      StringEquals: { 'ec2:Region': s.stack.region },
    }),
    readFlowLogs: allow(
      ['logs:FilterLogEvents'],
      [s.flowLogs.logGroupArn, ...s.flowLogGroups.map((name) => logGroupArn(s, name))],
    ),
    sendToRejectedQueue: allow(['sqs:SendMessage'], [s.rejectedQueueArn]),
    keepFailedCalls: allow(['sqs:SendMessage'], [s.failedCalls.queue.queueArn]),
    startRespond: allow(['states:StartExecution'], [stateMachineArn(names, 'respond')]),
    startReverse: allow(['states:StartExecution'], [stateMachineArn(names, 'reverse')]),
    answerApprovals: allow(['states:SendTaskSuccess'], [stateMachineArn(names, 'respond')]),
    invokeApprove: allow(['lambda:InvokeFunction'], [functionArn(names, 'approve')]),
    invokeNotify: allow(['lambda:InvokeFunction'], [functionArn(names, 'notify')]),
    invokeTicket: allow(['lambda:InvokeFunction'], [functionArn(names, 'ticket')]),
    // Neither call supports resource-level permissions.
    readConfigHistory: s.configHistory
      ? allow(['config:GetResourceConfigHistory', 'config:ListDiscoveredResources'], ['*'], {
          StringEquals: { 'aws:RequestedRegion': s.stack.region },
        })
      : null,
    // LookupEvents doesn't support resource-level permissions.
    readTrail: allow(['cloudtrail:LookupEvents'], ['*']),
    invokeExecutors: allow(
      ['lambda:InvokeFunction'],
      SCOPES.filter((scope) => DEPLOYMENT[scope].putBack).map((scope) =>
        functionArn(names, `execute-${scope}`),
      ),
    ),
    signLinks: allow(['kms:GenerateMac'], [s.linkKeyArn]),
    verifyLinks: allow(['kms:VerifyMac'], [s.linkKeyArn, s.previousLinkKeyArn ?? []].flat()),
    signVotes: allow(['kms:GenerateMac'], [s.proofKeys.votes.current.keyArn]),
    verifyVotes: verify(s.proofKeys.votes),
    signRulings: allow(['kms:GenerateMac'], [s.proofKeys.rulings.current.keyArn]),
    verifyRulings: verify(s.proofKeys.rulings),
    signEvidence: allow(['kms:GenerateMac'], [s.proofKeys.evidence.current.keyArn]),
    verifyEvidence: verify(s.proofKeys.evidence),
    signAlerts: allow(['kms:GenerateMac'], [s.proofKeys.alerts.current.keyArn]),
    verifyAlerts: verify(s.proofKeys.alerts),
    signResumptions: allow(['kms:GenerateMac'], [s.proofKeys.resumptions.current.keyArn]),
    verifyResumptions: verify(s.proofKeys.resumptions),
    countPages: allow(['kms:GenerateMac', 'kms:VerifyMac'], [s.pageKeyArn]),
    sendMail: statementsOf(sendMail(deployedStack(s))),
    // One number, pool or sender ID.
    sendSms: s.channels.sms ? allow(['sms-voice:SendTextMessage'], [s.channels.sms.from]) : null,
    publishToTeam: allow(['sns:Publish'], [s.teamTopicArn]),
    // CreateOpsItem doesn't support resource-level permissions.
    createOpsItems: allow(['ssm:CreateOpsItem'], ['*']),
    // An OpsItem's ID is not known before it is created.
    updateOpsItems: [
      allow(['ssm:DescribeOpsItems'], ['*']),
      allow(
        ['ssm:UpdateOpsItem'],
        [s.stack.formatArn({ service: 'ssm', resource: 'opsitem', resourceName: '*' })],
      ),
    ],
    readMessageSecrets: readSecrets(s, secretsIn(s.channels).messages),
    readOnCallSecrets: readSecrets(s, [
      ...(s.onCall?.pagerDuty ? [s.onCall.pagerDuty.token] : []),
      ...(s.onCall?.opsgenie ? [s.onCall.opsgenie.key] : []),
    ]),
    readSignInSecret: readSecrets(s, s.signIn ? [s.signIn.clientSecret] : []),
    readSlackSecret: readSecrets(s, [slackButtonsOf(s)?.signingSecret ?? []].flat()),
    readTicketSecret: readSecrets(s, secretsIn(s.channels).tickets),
    manageSchedules: allow(
      ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
      [s.schedules.scheduleArns],
    ),
    deleteSchedules: allow(['scheduler:DeleteSchedule'], [s.schedules.scheduleArns]),
    passScheduleRole: allow(['iam:PassRole'], [s.schedules.role.roleArn], {
      StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
    }),
  };
}

/**
 * Puts items whose partition keys belong to these kinds. `ForAllValues` is true for a request without the key, so
 * `Null` requires the key.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export const writeStatements = (s: StackContext, writes: readonly Writable[]): PolicyStatement[] =>
  writes.length === 0
    ? []
    : [
        allow(['dynamodb:PutItem'], [s.tableArn], {
          'ForAllValues:StringLike': {
            'dynamodb:LeadingKeys': writes.map((kind) => LEADING_KEYS[kind]).sort(),
          },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        }),
      ];

export type Grant = keyof ReturnType<typeof grantStatements>;

/** The statements of these grants. Their IDs begin with the name of the grant. */
export function grantsOf(s: StackContext, grants: readonly Grant[]): PolicyStatement[] {
  const all = grantStatements(s);
  return grants.flatMap((grant) =>
    [all[grant] ?? []].flat().map((statement, i) => {
      statement.sid = `${grant.charAt(0).toUpperCase()}${grant.slice(1)}${i === 0 ? '' : i + 1}`;
      return statement;
    }),
  );
}

const filesIn = ({ archive }: StackContext, ...paths: string[]): string[] =>
  paths.map((path) => `${archive.bucket.bucketArn}/${path}`);

const logGroupArn = ({ stack }: StackContext, name: string): string =>
  stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: `${name}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

const verify = ({ current, previous }: Rotated): PolicyStatement =>
  allow(['kms:VerifyMac'], [current.keyArn, previous?.keyArn ?? []].flat());

/** Read access to exactly these secrets; null when there are none. */
const readSecrets = (s: StackContext, names: readonly string[]): PolicyStatement | null =>
  names.length === 0
    ? null
    : allow(
        ['secretsmanager:GetSecretValue'],
        names.map((name) => secretArn(s, name)),
      );
