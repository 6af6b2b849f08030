// Least privilege, checked on the synthesised CloudFormation template.
import { expect, test } from 'vitest';
import { analyseDeps } from '../../functions/analyse/deps.ts';
import { ENV } from '../../functions/domain/env.ts';
import { wildcardsIn } from '../../functions/mechanisms/permissions.ts';
import { SCOPES } from '../../functions/mechanisms/registry.ts';
import type { Settings } from '../../infra/settings.ts';
import { functionsOf, PREFIX, resourcesOf, templateWith } from '../../tools/generate/template.ts';
import {
  actionsOf,
  allows,
  functions,
  holdersOf,
  invokedBy,
  OWN_LOGS_AND_TRACES,
  permissionsOf,
  roles,
  template,
  whoMay,
} from './roles.ts';

test('no permission has a wildcard in its action', () => {
  const all = [...roles.values()].flat().flatMap(({ actions }) => actions);
  expect(all.filter((action) => action.includes('*'))).toEqual([]);
});

test('every wildcard resource is on the list of this test', () => {
  const wild = new Set(
    [...roles.values()]
      .flat()
      .filter(allows)
      .flatMap(({ actions, resources }) =>
        resources.filter((r) => r.includes('*')).flatMap((r) => actions.map((a) => `${a} on ${r}`)),
      ),
  );
  const schedule =
    'arn:${AWS::Partition}:scheduler:${AWS::Region}:123456789012:schedule/countermand-reversals/*';
  const anyFunction = 'arn:${AWS::Partition}:lambda:${AWS::Region}:123456789012:function:*';
  const ofScopes = SCOPES.flatMap((scope) =>
    wildcardsIn(permissionsOf(scope)).flatMap(({ actions, pattern }) =>
      actions.map((action) => `${action} on ${pattern}`),
    ),
  );
  expect([...wild].sort()).toEqual(
    [
      ...new Set([
        // The permissions of the mechanisms, each with its own reason.
        ...ofScopes,
        // The world check asks who wrote a list. LookupEvents has no resources to name.
        'cloudtrail:LookupEvents on *',
        // Log delivery and tracing by Step Functions and Lambda have no resources to name.
        'logs:CreateLogDelivery on *',
        'logs:DeleteLogDelivery on *',
        'logs:DescribeLogGroups on *',
        'logs:DescribeResourcePolicies on *',
        'logs:GetLogDelivery on *',
        'logs:ListLogDeliveries on *',
        'logs:PutResourcePolicy on *',
        'logs:UpdateLogDelivery on *',
        'xray:GetSamplingRules on *',
        'xray:GetSamplingTargets on *',
        'xray:PutTelemetryRecords on *',
        'xray:PutTraceSegments on *',
        // Lambda needs this to find the table's stream.
        'dynamodb:ListStreams on *',
        // Copies are named after their records. The bucket is locked.
        's3:PutObject on ${ArchiveBucket49F1AC64.Arn}/records/*',
        's3:PutObject on ${ArchiveBucket49F1AC64.Arn}/log/*',
        // Digests and the log are named after times.
        's3:GetObject on ${ArchiveBucket49F1AC64.Arn}/log/*',
        's3:GetObject on ${ArchiveBucket49F1AC64.Arn}/digests/*',
        's3:PutObject on ${ArchiveBucket49F1AC64.Arn}/digests/*',
        // Reads of facts about instances, which have no resources to name.
        'ec2:DescribeInstances on *',
        'ec2:DescribeAddresses on *',
        'ec2:DescribeNetworkAcls on *',
        'ec2:DescribeNetworkInterfaces on *',
        'ec2:DescribeSecurityGroups on *',
        // The world check reads the log levels that actions hold.
        'lambda:ListFunctions on *',
        // An alert may be about any API key or user pool. Only their tags are read.
        'apigateway:GET on arn:${AWS::Partition}:apigateway:${AWS::Region}::/tags/*',
        'cognito-idp:ListTagsForResource on arn:${AWS::Partition}:cognito-idp:${AWS::Region}:123456789012:userpool/*',
        // An alert may be about any function.
        `lambda:ListTags on ${anyFunction}`,
        // An alert or policy may name any user, role or calendar. They are only read.
        'iam:GetRole on arn:${AWS::Partition}:iam::123456789012:role/*',
        'iam:ListAttachedRolePolicies on arn:${AWS::Partition}:iam::123456789012:role/*',
        'iam:ListAttachedGroupPolicies on arn:${AWS::Partition}:iam::123456789012:group/*',
        'iam:GetInstanceProfile on arn:${AWS::Partition}:iam::123456789012:instance-profile/*',
        'ssm:GetCalendarState on arn:${AWS::Partition}:ssm:${AWS::Region}:123456789012:document/*',
        ...[
          'iam:GetAccessKeyLastUsed',
          'iam:GetLoginProfile',
          'iam:GetUser',
          'iam:ListAccessKeys',
          'iam:ListAttachedUserPolicies',
          'iam:ListGroupsForUser',
          'iam:ListMFADevices',
        ].map((action) => `${action} on arn:\${AWS::Partition}:iam::123456789012:user/*`),
        // The group contains only our schedules.
        `scheduler:CreateSchedule on ${schedule}`,
        `scheduler:DeleteSchedule on ${schedule}`,
        `scheduler:UpdateSchedule on ${schedule}`,
      ]),
    ].sort(),
  );
});

test('analyse, which reads untrusted text, has no permission at all without a model', () => {
  expect(actionsOf('analyse')).toEqual([]);
});

test('analyse has exactly the permission to call the configured model', () => {
  const bedrock = functionsOf(templateWith({ settings: { bedrock: true } }));
  const [call, ...others] = bedrock
    .get('analyse')!
    .permissions.filter(({ actions }) => !OWN_LOGS_AND_TRACES.includes(actions[0]!));
  expect(others).toEqual([]);
  expect(call?.actions).toEqual(['bedrock:InvokeModel']);
  for (const resource of call!.resources)
    expect(resource).toMatch(/^[^*]*(:\*::)?[^*]*anthropic.claude-sonnet-5-5$/);
  expect(call!.resources.join()).not.toContain('global.');
});

test('analyse asks the providers in the order of policy to which the settings give access', () => {
  const asked = (settings: Partial<Settings>) => {
    const all = functionsOf(templateWith({ settings }));
    const env = (name: string) => all.get(name)!.properties.Environment.Variables;
    expect(env('enrich')[ENV.modelSettings]).toBe(env('analyse')[ENV.modelSettings]);
    const { analysts } = analyseDeps({ ...env('analyse'), AWS_REGION: 'eu-central-1' });
    return analysts.map(({ origin }) => origin);
  };
  const anthropicSecretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:key';
  expect(asked({ anthropicSecretArn, bedrock: true })).toEqual(['anthropic', 'bedrock']);
  expect(asked({ bedrock: true })).toEqual(['bedrock']);
  expect(asked({})).toEqual(['playbook']);
});

test('the gate reads and writes records, signs rulings, and has no other permission', () => {
  expect(actionsOf('gate')).toEqual([
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'kms:GenerateMac',
    // One statement for each key: rulings, votes, evidence, alerts and resumptions.
    ...Array<string>(5).fill('kms:VerifyMac'),
  ]);
});

test('P8: only the archive writes copies, only digest signs them, and neither can change or read one', () => {
  const within = (action: string) =>
    holdersOf(action).flatMap(([name, ...resources]) =>
      resources.map((resource) => `${name} ${resource.slice(resource.indexOf('/') + 1)}`),
    );
  expect(within('s3:PutObject').sort()).toEqual([
    'archive log/*',
    'archive records/*',
    'digest digests/*',
  ]);
  expect(within('s3:GetObject').sort()).toEqual(['digest digests/*', 'digest log/*']);
  expect(actionsOf('digest')).toEqual([
    'kms:Sign',
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
  ]);
  expect(
    actionsOf('archive').filter((action) => /^dynamodb:(Put|Update|Delete)/.test(action)),
  ).toEqual([]);
  for (const action of [
    's3:DeleteObject',
    's3:DeleteObjectVersion',
    's3:BypassGovernanceRetention',
    's3:PutObjectRetention',
  ])
    expect(whoMay(action)).toEqual([]);
});

test('only functions that pass on a decision can answer the state machine', () => {
  expect(whoMay('states:SendTaskSuccess')).toEqual(['approve', 'sweep', 'web']);
});

test('passes each role to one service only: schedules to the scheduler, flow logs to EC2', () => {
  const setters = [...SCOPES.map((scope) => `execute-${scope}`), 'web'].sort();
  expect(whoMay('scheduler:CreateSchedule')).toEqual(setters);
  expect(whoMay('iam:PassRole')).toEqual(setters);
  const lent = [...functions.values()].flatMap(({ permissions }) =>
    permissions
      .filter(({ actions }) => actions.includes('iam:PassRole'))
      .map(({ resources, condition }) => JSON.stringify([resources, condition])),
  );
  const to = (service: string) => ({ StringEquals: { 'iam:PassedToService': service } });
  const roleNamed = (name: string) =>
    Object.entries(resourcesOf(template, 'AWS::IAM::Role')).find(
      ([, { Properties }]) => Properties.RoleName === `${PREFIX}${name}`,
    )?.[0];
  expect([...new Set(lent)].sort()).toEqual(
    [
      [[`\${${roleNamed('schedules')}.Arn}`], to('scheduler.amazonaws.com')],
      [[`\${${roleNamed('flow-logs')}.Arn}`], to('vpc-flow-logs.amazonaws.com')],
    ]
      .map((one) => JSON.stringify(one))
      .sort(),
  );
});

test('the world check reads lists, verifies proofs, sends messages, and changes nothing else', () => {
  const actions = functions
    .get('world')!
    .permissions.flatMap((one) => one.actions)
    .filter((action) => !/^(logs|xray):/.test(action));
  expect([...new Set(actions)].sort()).toEqual([
    'apigateway:GET',
    'cloudtrail:LookupEvents',
    'cognito-idp:AdminGetUser',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'ec2:DescribeFlowLogs',
    'ec2:DescribeNetworkAcls',
    'iam:ListAccessKeys',
    'iam:ListEntitiesForPolicy',
    // It counts the pages that it sends.
    'kms:GenerateMac',
    'kms:VerifyMac',
    'lambda:GetFunctionUrlConfig',
    // An executor decides whether it puts a change back.
    'lambda:InvokeFunction',
    'lambda:ListFunctions',
    'ses:SendEmail',
    'sns:Publish',
    'wafv2:GetIPSet',
  ]);
  expect(invokedBy('world')).toEqual(
    ['access-key', 'api-key', 'function-log', 'function-url', 'network', 'user', 'waf'].map(
      (scope) => `execute-${scope}`,
    ),
  );
});

test('the reader of bounces can only read records, note a bounce, notify the team and invoke approve', () => {
  expect(actionsOf('bounce')).toEqual([
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'lambda:InvokeFunction',
    'sns:Publish',
    // Lambda keeps its failed calls.
    'sqs:SendMessage',
  ]);
  expect(invokedBy('bounce')).toEqual(['approve']);
});

test('the function that summarises can only read records, put items and invoke the ticket function', () => {
  expect(actionsOf('summarise')).toEqual([
    'dynamodb:DescribeStream',
    'dynamodb:GetItem',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'lambda:InvokeFunction',
  ]);
  expect(invokedBy('summarise')).toEqual(['ticket']);
});

test('only these five functions invoke functions', () => {
  const invoking = ['bounce', 'summarise', 'sweep', 'web', 'world'];
  expect(whoMay('lambda:InvokeFunction')).toEqual(invoking);
});
