// What functions may do in AWS, one small right at a time; a function's role holds the ones that its row names.
import { ArnFormat } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { DEPLOYMENT } from '../functions/mechanisms/deployment.ts';
import type { DeployedStack, Permission } from '../functions/mechanisms/permissions.ts';
import type { Scope } from '../functions/mechanisms/registry.ts';
import { slackButtonsOf } from '../functions/policy/people.ts';
import { secretsIn } from '../functions/policy/schemas/channels.ts';
import { ATTENTION_INDEX } from '../functions/store/table.ts';
import { functionArn, type Names, stateMachineArn } from './names.ts';
import type { StackContext } from './stack-context.ts';

const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
  new PolicyStatement({ actions, resources, ...(conditions && { conditions }) });

/** Every right there is. @see https://docs.aws.amazon.com/service-authorization/latest/reference/ */
export function rightsIn(s: StackContext) {
  const names: Names = { prefix: s.settings.prefix, stack: s.stack };
  const { mailFrom } = s.settings;
  return {
    readRecords: allow(['dynamodb:GetItem', 'dynamodb:Query'], [s.tableArn]),
    // Only a person moves the kill switch, and only a person's command says that something was drilled.
    writeRecords: allow(['dynamodb:PutItem'], [s.tableArn], {
      'ForAllValues:StringNotLike': { 'dynamodb:LeadingKeys': ['SWITCH#*', 'DRILL*'] },
    }),
    dropLeases: allow(['dynamodb:DeleteItem'], [s.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['LEASE#*'] },
    }),
    // Never to read, replace or delete: the bucket is locked, and a copy that is there stays.
    copyRecords: allow(['s3:PutObject'], [`${s.archive.bucket.bucketArn}/records/*`]),
    findOverdue: allow(['dynamodb:Query'], [`${s.tableArn}/index/${ATTENTION_INDEX}`]),
    // EC2's descriptions have no resources to name.
    lookAtInstances: allow(
      [
        'ec2:DescribeInstances',
        'ec2:DescribeNetworkAcls',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeAddresses',
      ],
      ['*'],
      { StringEquals: { 'ec2:Region': s.stack.region } },
    ),
    lookAtUsers: allow(
      [
        'iam:GetUser',
        'iam:GetAccessKeyLastUsed',
        'iam:ListAccessKeys',
        'iam:ListGroupsForUser',
        'iam:ListMFADevices',
        'iam:GetLoginProfile',
      ],
      [s.stack.formatArn({ service: 'iam', region: '', resource: 'user', resourceName: '*' })],
    ),
    lookAtRoles: allow(
      ['iam:GetRole'],
      [s.stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: '*' })],
    ),
    lookAtFunctions: allow(
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
    lookAtCalendar: allow(
      ['ssm:GetCalendarState'],
      [s.stack.formatArn({ service: 'ssm', resource: 'document', resourceName: '*' })],
    ),
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html
    lookAtWebTraffic:
      s.webAcls.length === 0
        ? null
        : allow(
            ['wafv2:GetSampledRequests'],
            s.webAcls.map(({ arn }) => arn),
          ),
    putAside: allow(['sqs:SendMessage'], [s.rejectedQueueArn]),
    startRespond: allow(['states:StartExecution'], [stateMachineArn(names, 'respond')]),
    startReverse: allow(['states:StartExecution'], [stateMachineArn(names, 'reverse')]),
    answerRespond: allow(['states:SendTaskSuccess'], [stateMachineArn(names, 'respond')]),
    callApprove: allow(['lambda:InvokeFunction'], [functionArn(names, 'approve')]),
    callNotify: allow(['lambda:InvokeFunction'], [functionArn(names, 'notify')]),
    generateLinks: allow(['kms:GenerateMac'], [s.linkKeyArn]),
    verifyLinks: allow(['kms:VerifyMac'], [s.linkKeyArn, s.previousLinkKeyArn ?? []].flat()),
    sealPages: allow(['kms:GenerateMac', 'kms:VerifyMac'], [s.pageKeyArn]),
    sendMail: allow(['ses:SendEmail'], identitiesOf(s, mailFrom), {
      StringEquals: { 'ses:FromAddress': mailFrom },
    }),
    // One number, pool or sender id; nothing where policy names none.
    sendTexts: s.channels.sms ? allow(['sms-voice:SendTextMessage'], [s.channels.sms.from]) : null,
    tellTeam: allow(['sns:Publish'], [s.teamTopicArn]),
    // CreateOpsItem has no resource to name before the item exists.
    openTickets: allow(['ssm:CreateOpsItem'], ['*']),
    readMessageSecrets: readSecrets(s, secretsIn(s.channels).messages),
    readOnCallSecrets: readSecrets(s, [
      ...(s.onCall?.pagerDuty ? [s.onCall.pagerDuty.token] : []),
      ...(s.onCall?.opsgenie ? [s.onCall.opsgenie.key] : []),
    ]),
    readSignInSecret: readSecrets(s, s.signIn ? [s.signIn.clientSecret] : []),
    readAnswerSecret: readSecrets(s, [slackButtonsOf(s)?.signingSecret ?? []].flat()),
    readTicketSecret: readSecrets(s, secretsIn(s.channels).tickets),
    setSchedules: allow(
      ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
      [s.schedules.scheduleArns],
    ),
    removeSchedules: allow(['scheduler:DeleteSchedule'], [s.schedules.scheduleArns]),
    lendScheduleRole: allow(['iam:PassRole'], [s.schedules.role.roleArn], {
      StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
    }),
  };
}
export type Right = keyof ReturnType<typeof rightsIn>;

/** Exactly these secrets; nothing at all where policy names none. */
const readSecrets = (s: StackContext, names: readonly string[]): PolicyStatement | null =>
  names.length === 0
    ? null
    : allow(
        ['secretsmanager:GetSecretValue'],
        names.map((name) => secretArn(s, name)),
      );

/**
 * An ARN as it is; a name with the six characters that AWS adds to it.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
 */
const secretArn = ({ stack }: StackContext, name: string): string =>
  name.startsWith('arn:')
    ? name
    : stack.formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: `${name}-??????`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });

/** SES checks the address if that is verified, and its domain otherwise. */
function identitiesOf({ stack }: StackContext, mailFrom: string): string[] {
  return [mailFrom, domainOf(mailFrom)].map((resourceName) =>
    stack.formatArn({ service: 'ses', resource: 'identity', resourceName }),
  );
}

const domainOf = (address: string) => address.slice(address.indexOf('@') + 1);

/** The model that an inference profile such as `global.anthropic...` routes to. */
export const baseModel = (modelId: string) => modelId.replace(/^(global|us|eu|apac|jp|au)\./, '');

/** Only its model: a secret with the key, or one model of Bedrock. */
export function modelRights({ settings, stack }: StackContext): PolicyStatement[] {
  const { modelProvider, modelId = '', anthropicSecretArn } = settings;
  if (modelProvider === 'anthropic' && anthropicSecretArn)
    return [allow(['secretsmanager:GetSecretValue'], [anthropicSecretArn])];
  if (modelProvider !== 'bedrock') return [];
  // A profile such as `global.anthropic...` needs the right to itself and to the model in the regions it routes to.
  // https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
  const bedrock = { service: 'bedrock', resource: 'foundation-model', account: '' };
  const resourceName = baseModel(modelId);
  return [
    allow(
      ['bedrock:InvokeModel'],
      [
        stack.formatArn({
          service: 'bedrock',
          resource: 'inference-profile',
          resourceName: modelId,
        }),
        ...['', '*'].map((region) => stack.formatArn({ ...bedrock, region, resourceName })),
      ],
    ),
  ];
}

/** The stack as permissions of mechanisms refer to it. */
export function deployedStack(s: StackContext): DeployedStack {
  const { messages, tickets } = secretsIn(s.channels);
  return {
    partition: s.stack.partition,
    region: s.stack.region,
    account: s.stack.account,
    prefix: s.settings.prefix,
    ipSets: s.ipSets,
    flowLogs: {
      logGroupName: s.flowLogs.logGroupName,
      deliveryRoleArn: s.flowLogs.deliveryRoleArn,
    },
    denyAllPolicyArn: s.denyAllPolicyArn,
    protectedUserArns: protectedUsers(s),
    teamTopicArn: s.teamTopicArn,
    mailFrom: s.settings.mailFrom,
    textsFrom: s.channels.sms ? [s.channels.sms.from] : [],
    secretArns: {
      mail: [s.integrations.microsoftGraph, s.integrations.gmail].flatMap(
        (joined) => joined?.secretArn ?? [],
      ),
      messages: messages.map((name) => secretArn(s, name)),
      tickets: tickets.map((name) => secretArn(s, name)),
    },
    toJson: (value) => s.stack.toJsonString(value),
  };
}

/** One of the two roles of a scope. */
export type MechanismRole = { scope: Scope; step: 'execute' | 'reverse' };

/** What the scope's mechanisms may do in this role. */
export const permissionsOf = (s: StackContext, { scope, step }: MechanismRole): Permission[] =>
  DEPLOYMENT[scope]
    .permissions(deployedStack(s))
    .filter(({ resources, only }) => resources.length > 0 && (only ?? step) === step);

/** The same as statements. */
export const mechanismRights = (s: StackContext, role: MechanismRole): PolicyStatement[] =>
  permissionsOf(s, role).map(
    ({ sid, effect, actions, resources, conditions }) =>
      new PolicyStatement({
        sid,
        effect: effect === 'deny' ? Effect.DENY : Effect.ALLOW,
        actions: [...actions],
        resources: resources.map((one) => (typeof one === 'string' ? one : one.pattern)),
        ...(conditions && { conditions }),
      }),
  );

/** What policy protects by name, the gate hands over; roles are denied it as well, so that no mistake of ours can. */
function protectedUsers({ stack, protectedTargets }: StackContext): string[] {
  const names = protectedTargets
    .filter(({ kinds }) => kinds?.includes('iam-user') ?? true)
    .flatMap(({ values = [] }) => values);
  const user = (resourceName: string) =>
    stack.formatArn({ service: 'iam', region: '', resource: 'user', resourceName });
  // An ARN holds the path before the name; a leading `*` covers that already.
  return names.flatMap((name) => {
    if (name.startsWith('arn:')) return name;
    return name.startsWith('*') ? user(name) : [user(name), user(`*/${name}`)];
  });
}
