// Who may do what: least privilege, checked on the template as CloudFormation gets it.
import { describe, expect, test } from 'vitest';
import { protectionMarkOf } from '../../functions/domain/service-account.ts';
import { DEPLOYMENT } from '../../functions/mechanisms/deployment.ts';
import { type DeployedStack, wildcardsIn } from '../../functions/mechanisms/permissions.ts';
import { SCOPES, type Scope } from '../../functions/mechanisms/registry.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import type { Channels } from '../../functions/policy/schemas/channels.ts';
import {
  covers,
  functionsOf,
  POLICY,
  PREFIX,
  resourcesOf,
  rightsByRole,
  type Statement,
  templateWith,
  text,
} from './template.ts';

const template = templateWith();
const functions = functionsOf(template);
const roles = rightsByRole(template);
const OWN_LOGS_AND_TRACES = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** The template's stack, written as the template's texts are. */
const STACK: DeployedStack = {
  partition: '${AWS::Partition}',
  region: '${AWS::Region}',
  account: '123456789012',
  prefix: PREFIX,
  ipSets: [],
  flowLogs: { logGroupName: 'flow-logs', deliveryRoleArn: 'role' },
  denyAllPolicyArn: 'policy',
  protectedUserArns: ['user'],
  teamTopicArn: 'topic',
  mailFrom: 'countermand@example.com',
  textsFrom: ['sender'],
  secretArns: { mail: ['secret'], messages: ['secret'], tickets: ['secret'] },
  toJson: JSON.stringify,
};
const permissionsOf = (scope: Scope) => DEPLOYMENT[scope].permissions(STACK);

const allows = ({ effect }: Statement) => effect === 'Allow';
const actionsOf = (name: string) =>
  functions
    .get(name)!
    .rights.filter(allows)
    .flatMap(({ actions }) => actions)
    .filter((action) => !OWN_LOGS_AND_TRACES.includes(action))
    .sort();
const whoMay = (action: string, on?: string, all = functions) =>
  [...all.values()]
    .filter(({ rights }) =>
      rights
        .filter(allows)
        .filter(({ resources }) => !on || resources.includes(on) || resources.includes('*'))
        .some(({ actions }) => actions.some((one) => covers(one, action))),
    )
    .map(({ name }) => name)
    .sort();

/** The key behind an alias, as rights name it. */
function keyOf(alias: string, of = template): string {
  const found = Object.values(resourcesOf(of, 'AWS::KMS::Alias')).find(
    ({ Properties }) => Properties.AliasName === `alias/${PREFIX}${alias}`,
  );
  return text(found!.Properties.TargetKeyId);
}

/** API actions that would carry out a tier-3 action, or widen anybody's rights to do so. */
const TIER_3 = {
  isolate_production_host: [
    'ec2:ModifyInstanceAttribute',
    'ec2:ModifyNetworkInterfaceAttribute',
    'ec2:StopInstances',
    'ec2:TerminateInstances',
    'ec2:RebootInstances',
    'ec2:AuthorizeSecurityGroupIngress',
    'ec2:AuthorizeSecurityGroupEgress',
    'ec2:RevokeSecurityGroupIngress',
    'ec2:RevokeSecurityGroupEgress',
    'ec2:DetachNetworkInterface',
    'ec2:DisassociateIamInstanceProfile',
    'ec2:ReplaceNetworkAclAssociation',
    'ec2:DeleteRoute',
    'elasticloadbalancing:DeregisterTargets',
    'ssm:SendCommand',
    'ssm:StartSession',
    'ssm:StartAutomationExecution',
  ],
  revoke_service_account_credential: [
    'iam:UpdateAccessKey',
    'iam:DeleteAccessKey',
    'iam:DeleteLoginProfile',
    'iam:DeleteUser',
    'iam:DeleteRole',
    'iam:DetachRolePolicy',
    'iam:DeleteRolePolicy',
    'iam:UpdateAssumeRolePolicy',
    'secretsmanager:UpdateSecret',
    'secretsmanager:RotateSecret',
    'secretsmanager:DeleteSecret',
  ],
  block_cidr_range: [
    'ec2:CreateNetworkAclEntry',
    'ec2:ReplaceNetworkAclEntry',
    'ec2:ModifyManagedPrefixList',
    'wafv2:UpdateWebACL',
    'wafv2:UpdateRuleGroup',
    'network-firewall:UpdateRuleGroup',
    'network-firewall:UpdateFirewallPolicy',
  ],
  initiate_forensic_capture: [
    'ec2:CreateSnapshot',
    'ec2:CreateSnapshots',
    'ec2:CreateImage',
    'ec2:CopySnapshot',
    'ec2:ModifySnapshotAttribute',
    'ec2:AttachVolume',
    'ec2:GetConsoleScreenshot',
  ],
  send_breach_notification: [
    'ses:SendBulkEmail',
    'ses:SendRawEmail',
    'connect:StartOutboundVoiceContact',
  ],
  'any of them, by helping itself to the rights': [
    'iam:PutUserPolicy',
    'iam:PutRolePolicy',
    'iam:PutGroupPolicy',
    'iam:AttachUserPolicy',
    'iam:AttachRolePolicy',
    'iam:AttachGroupPolicy',
    'iam:CreatePolicyVersion',
    'iam:SetDefaultPolicyVersion',
    'iam:CreateAccessKey',
    'iam:AddUserToGroup',
    'sts:AssumeRole',
    'lambda:UpdateFunctionCode',
    'lambda:UpdateFunctionConfiguration',
    'lambda:AddPermission',
    'states:UpdateStateMachine',
    'cloudformation:ExecuteChangeSet',
    'kms:PutKeyPolicy',
    'kms:CreateGrant',
  ],
};

/** API actions that one scope needs for something else. What keeps it from the tier-3 act is tested below, or written down in docs/decisions. */
const SHARED: Readonly<Record<string, string>> = {
  'lambda:UpdateFunctionConfiguration': 'function-log',
  'iam:AttachUserPolicy': 'user',
  'iam:UpdateAccessKey': 'access-key',
  'ec2:CreateNetworkAclEntry': 'network',
};
const isOfScope = (where: string, scope: string | undefined) =>
  [`permissions of ${scope}`, `${PREFIX}execute-${scope}`, `${PREFIX}reverse-${scope}`].includes(
    where,
  );

describe('P1: tier 3 never runs, because no role could', () => {
  const documents = SCOPES.map((scope) => ({
    where: `permissions of ${scope}`,
    statements: permissionsOf(scope).map((one) => ({
      effect: one.effect === 'deny' ? 'Deny' : 'Allow',
      actions: [...one.actions],
      resources: one.resources.map((r) => (typeof r === 'string' ? r : r.pattern)),
      condition: one.conditions,
    })),
  }));
  const everywhere = [
    ...documents,
    ...[...roles].map(([id, statements]) => ({
      where: String(resourcesOf(template, 'AWS::IAM::Role')[id]?.Properties.RoleName ?? id),
      statements,
    })),
  ];

  test.each(Object.entries(TIER_3))('%s', (_name, forbidden) => {
    const held = everywhere.flatMap(({ where, statements }) =>
      statements
        .filter(allows)
        .flatMap(({ actions }) => actions)
        .flatMap((granted) =>
          forbidden
            .filter((action) => covers(granted, action))
            .filter((action) => granted !== action || !isOfScope(where, SHARED[action]))
            .map((action) => `${where}: ${action}`),
        ),
    );
    expect(held).toEqual([]);
  });

  test('no role takes an AWS-managed policy along, whose content is not ours', () => {
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::IAM::Role')))
      expect(Properties.ManagedPolicyArns ?? []).toEqual([]);
  });

  test('the scan sees through wildcards', () => {
    expect(covers('ec2:*', 'ec2:CreateSnapshot')).toBe(true);
    expect(covers('IAM:Update*', 'iam:UpdateAccessKey')).toBe(true);
    expect(covers('*', 'iam:UpdateAccessKey')).toBe(true);
    expect(covers('ec2:DescribeInstances', 'ec2:CreateSnapshot')).toBe(false);
  });
});

describe('least privilege', () => {
  test('no action is granted by wildcard, to anybody', () => {
    const all = [...roles.values()].flat().flatMap(({ actions }) => actions);
    expect(all.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('a wildcard resource is one of these, and nothing else', () => {
    const wild = new Set(
      [...roles.values()]
        .flat()
        .filter(allows)
        .flatMap(({ actions, resources }) =>
          resources
            .filter((r) => r.includes('*'))
            .flatMap((r) => actions.map((a) => `${a} on ${r}`)),
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
          // What the mechanisms need, each with its reason beside it.
          ...ofScopes,
          // These have no resources to name: log delivery and tracing by Step Functions and Lambda.
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
          // Lambda finds the table's stream by it.
          'dynamodb:ListStreams on *',
          // Copies are named after what they are of; the bucket is locked.
          's3:PutObject on ${ArchiveBucket49F1AC64.Arn}/records/*',
          // Facts about instances: reads, which have no resources to name.
          'ec2:DescribeInstances on *',
          'ec2:DescribeAddresses on *',
          'ec2:DescribeNetworkAcls on *',
          'ec2:DescribeNetworkInterfaces on *',
          // Any function may be the one that an alert is about.
          `lambda:ListTags on ${anyFunction}`,
          // Any user, role or calendar may be named by an alert or by policy; they are only read.
          'iam:GetRole on arn:${AWS::Partition}:iam::123456789012:role/*',
          'ssm:GetCalendarState on arn:${AWS::Partition}:ssm:${AWS::Region}:123456789012:document/*',
          ...[
            'iam:GetAccessKeyLastUsed',
            'iam:GetLoginProfile',
            'iam:GetUser',
            'iam:ListAccessKeys',
            'iam:ListGroupsForUser',
            'iam:ListMFADevices',
          ].map((action) => `${action} on arn:\${AWS::Partition}:iam::123456789012:user/*`),
          // One group, which holds nothing but our schedules.
          `scheduler:CreateSchedule on ${schedule}`,
          `scheduler:DeleteSchedule on ${schedule}`,
          `scheduler:UpdateSchedule on ${schedule}`,
        ]),
      ].sort(),
    );
  });

  test('analyse, which reads what strangers wrote, has no right at all without a model', () => {
    expect(actionsOf('analyse')).toEqual([]);
  });

  test('with a model it may call exactly that', () => {
    const modelId = 'global.anthropic.claude-sonnet-5-5';
    const bedrock = functionsOf(templateWith({ settings: { modelProvider: 'bedrock', modelId } }));
    const [call, ...others] = bedrock
      .get('analyse')!
      .rights.filter(({ actions }) => !OWN_LOGS_AND_TRACES.includes(actions[0]!));
    expect(others).toEqual([]);
    expect(call?.actions).toEqual(['bedrock:InvokeModel']);
    for (const resource of call!.resources)
      expect(resource).toContain('anthropic.claude-sonnet-5-5');
  });

  test('the gate reads and writes records, and has no other way out', () => {
    expect(actionsOf('gate')).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']);
  });

  test('who asks can make links but not check them; who decides can check but not make them', () => {
    expect(whoMay('kms:GenerateMac', keyOf('links-1'))).toEqual([
      'approve',
      'close',
      'notify',
      'remind',
    ]);
    expect(whoMay('kms:VerifyMac', keyOf('links-1'))).toEqual(['web']);
    expect(whoMay('kms:GenerateMac', keyOf('pages-1'))).toEqual(['web']);
    expect(whoMay('kms:VerifyMac', keyOf('pages-1'))).toEqual(['web']);
    expect(whoMay('kms:GenerateMac')).toEqual(['approve', 'close', 'notify', 'remind', 'web']);
    expect(whoMay('kms:VerifyMac')).toEqual(['web']);
    expect(whoMay('kms:Decrypt')).toEqual([]);
  });

  describe('when the key of links is rotated', () => {
    const rotated = templateWith({ settings: { linkKeyGeneration: 3 } });
    const after = functionsOf(rotated);
    const current = keyOf('links-3', rotated);
    const previous = keyOf('links-2', rotated);
    const asking = ['approve', 'close', 'notify', 'remind'];

    test('links are made with the new key only, and those of the key before can still be checked', () => {
      expect(whoMay('kms:GenerateMac', current, after)).toEqual(asking);
      expect(whoMay('kms:GenerateMac', previous, after)).toEqual([]);
      for (const key of [current, previous])
        expect(whoMay('kms:VerifyMac', key, after)).toEqual(['web']);
    });

    test('what pages give out is under a new key, too, and what they gave out before is worthless', () => {
      const page = keyOf('pages-3', rotated);
      expect(whoMay('kms:VerifyMac', page, after)).toEqual(['web']);
      const keys = new Set(
        after
          .get('web')!
          .rights.filter(({ actions }) => actions.includes('kms:VerifyMac'))
          .flatMap(({ resources }) => resources),
      );
      expect(keys).toEqual(new Set([current, previous, page]));
    });

    test('the one before that is gone, and can be had back for 30 days', () => {
      const keys = Object.values(resourcesOf(rotated, 'AWS::KMS::Key'));
      expect(keys).toHaveLength(3);
      rotated.allResources('AWS::KMS::Key', {
        DeletionPolicy: 'Delete',
        Properties: { PendingWindowInDays: 30 },
      });
    });

    test('who asks is told of the new key alone, and only once the pages know it', () => {
      const variables = (name: string) => after.get(name)!.properties.Environment.Variables;
      for (const name of asking) {
        expect(text(variables(name).LINK_KEY_ARN)).toBe(current);
        expect(variables(name)).not.toHaveProperty('PREVIOUS_LINK_KEY_ARN');
        expect(resourceOf(name).DependsOn).toContain(idOf('web'));
      }
      expect(text(variables('web').LINK_KEY_ARN)).toBe(current);
      expect(text(variables('web').PREVIOUS_LINK_KEY_ARN)).toBe(previous);
    });

    const lambdas = Object.entries(resourcesOf(rotated, 'AWS::Lambda::Function'));
    const named = (name: string) =>
      lambdas.find(([, { Properties }]) => Properties.FunctionName === `${PREFIX}${name}`)!;
    const resourceOf = (name: string) => named(name)[1];
    const idOf = (name: string) => named(name)[0];
  });

  test('P8: nobody who writes the table reaches the copies, and who makes them cannot take one back', () => {
    expect(whoMay('s3:PutObject')).toEqual(['archive']);
    expect(actionsOf('archive').filter((action) => action.startsWith('s3:'))).toEqual([
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

  test('only executor and reverser of the web firewall may change its lists, and only ours', () => {
    expect(whoMay('wafv2:UpdateIPSet')).toEqual(['execute-waf', 'reverse-waf']);
    const sets = new Set(
      functions
        .get('execute-waf')!
        .rights.filter(({ actions }) => actions.includes('wafv2:UpdateIPSet'))
        .flatMap(({ resources }) => resources),
    );
    const ours = Object.keys(resourcesOf(template, 'AWS::WAFv2::IPSet')).map(
      (id) => `\${${id}.Arn}`,
    );
    expect([...sets].sort()).toEqual(ours.sort());
  });

  test('only executor and reverser of the network may change a network ACL, and nothing else of EC2', () => {
    const ours = ['execute-network', 'reverse-network'];
    expect(whoMay('ec2:CreateNetworkAclEntry')).toEqual(ours);
    expect(whoMay('ec2:DeleteNetworkAclEntry')).toEqual(ours);
    for (const name of ours)
      expect(actionsOf(name).filter((action) => action.startsWith('ec2:'))).toEqual([
        'ec2:CreateNetworkAclEntry',
        'ec2:DeleteNetworkAclEntry',
        'ec2:DescribeNetworkAcls',
      ]);
  });

  test('the secrets of mail providers are read by executor and reverser of mail, and only those that policy names', () => {
    const secretArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:gmail-AbCdEf';
    const read = 'secretsmanager:GetSecretValue';
    const readers = (integrations: Policy['integrations']) =>
      [...functionsOf(templateWith({ policy: { integrations } })).values()].flatMap((one) =>
        one.rights
          .filter(({ actions }) => actions.includes(read))
          .map(({ resources }) => [one.name, ...resources]),
      );
    expect(readers({})).toEqual([]);
    expect(readers({ gmail: { secretArn } }).sort()).toEqual([
      ['execute-mail', secretArn],
      ['reverse-mail', secretArn],
    ]);
  });

  test('the secret of the identity provider is read by the pages, and only where people sign in', () => {
    const readers = (signIn: Policy['signIn']) =>
      [...functionsOf(templateWith({ policy: { signIn } })).values()].flatMap((one) =>
        one.rights
          .filter(({ actions }) => actions.includes('secretsmanager:GetSecretValue'))
          .map(({ resources }) => [one.name, ...resources]),
      );
    const clientSecret = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:idp-AbCdEf';
    const issuer = 'https://login.example.com';
    expect(readers(null)).toEqual([]);
    expect(readers({ issuer, clientId: 'c', clientSecret, claim: 'email' })).toEqual([
      ['web', clientSecret],
    ]);
  });

  test('requests that were sampled are read by who collects facts and who reminds, of the web ACLs that policy names', () => {
    const arn = 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/a1b2';
    const readers = (webAcls: Policy['webAcls']) =>
      [...functionsOf(templateWith({ policy: { webAcls } })).values()].flatMap((one) =>
        one.rights
          .filter(({ actions }) => actions.includes('wafv2:GetSampledRequests'))
          .map(({ actions, resources }) => [one.name, ...actions, ...resources]),
      );
    expect(readers([])).toEqual([]);
    expect(readers([{ arn, metrics: ['shop'] }]).sort()).toEqual([
      ['enrich', 'wafv2:GetSampledRequests', arn],
      ['remind', 'wafv2:GetSampledRequests', arn],
    ]);
  });

  describe('secrets', () => {
    const reads = (names: typeof functions) =>
      Object.fromEntries(
        [...names.values()].flatMap(({ name, rights }) => {
          const read = rights.filter(({ actions }) =>
            actions.includes('secretsmanager:GetSecretValue'),
          );
          return read.length > 0 ? [[name, read.flatMap(({ resources }) => resources).sort()]] : [];
        }),
      );
    const named = (name: string) =>
      `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:123456789012:secret:${name}-??????`;

    test('without channels of that kind are read by nobody', () => {
      expect(reads(functions)).toEqual({});
    });

    test('of the channels are read by who sends, that of the ticket system by who opens tickets: exactly these', () => {
      const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:pager-AbCdEf';
      const channels: Channels = {
        slack: {
          token: 'team/slack',
          channel: 'C012AB3CDE',
          buttons: { signingSecret: 'team/slack-signing', team: 'T012AB3CD' },
        },
        pagerDuty: { region: 'eu', routingKey: arn },
        people: { 'ana.silva': { pagerDuty: 'team/ana' } },
        tickets: {
          system: 'jira',
          site: 'https://example.atlassian.net',
          project: 'SEC',
          issueType: 'Task',
          credentials: 'team/jira',
        },
      };
      const configured = functionsOf(templateWith({ policy: { channels } }));
      const ofMessages = [arn, named('team/ana'), named('team/slack')].sort();
      const ofTickets = [named('team/jira')];
      expect(reads(configured)).toEqual({
        // What comes from Slack is checked where it arrives, and there alone.
        web: [named('team/slack-signing')],
        approve: ofMessages,
        close: ofMessages,
        remind: ofMessages,
        sweep: ofMessages,
        notify: [...ofMessages, ...ofTickets].sort(),
        'execute-message': ofMessages,
        'reverse-message': ofMessages,
        'execute-ticket': ofTickets,
        'reverse-ticket': ofTickets,
      });
    });

    test('of on-call schedules are read by who asks and who tells, and by nobody else', () => {
      const onCall = {
        pagerDuty: { region: 'us', token: 'team/pagerduty-api' },
        opsgenie: { region: 'us', key: 'team/opsgenie' },
      } as const;
      const escalation = { ...POLICY.escalation, onCall };
      const both = [named('team/opsgenie'), named('team/pagerduty-api')];
      expect(reads(functionsOf(templateWith({ policy: { escalation } })))).toEqual({
        gate: both,
        notify: both,
      });
    });

    test('are in no environment', () => {
      for (const { properties } of functions.values())
        expect(Object.keys(properties.Environment.Variables).join()).not.toMatch(
          /TOKEN|KEY$|PASSWORD/,
        );
    });
  });

  test('texts are sent by who sends, from the one number of policy, and by nobody without one', () => {
    const send = 'sms-voice:SendTextMessage';
    expect(whoMay(send)).toEqual([]);
    const from = 'arn:aws:sms-voice:eu-central-1:123456789012:pool/pool-0123';
    const channels = { ...POLICY.channels, sms: { from } };
    const allowed = [...functionsOf(templateWith({ policy: { channels } })).values()].flatMap(
      ({ name, rights }) =>
        rights
          .filter(({ actions }) => actions.includes(send))
          .map(({ resources }) => `${name} ${resources}`),
    );
    expect(allowed.sort()).toEqual(
      ['approve', 'close', 'execute-message', 'notify', 'remind', 'reverse-message', 'sweep'].map(
        (name) => `${name} ${from}`,
      ),
    );
  });

  test('only reversers delete from the table, and only leases', () => {
    expect(whoMay('dynamodb:DeleteItem')).toEqual(SCOPES.map((scope) => `reverse-${scope}`).sort());
    for (const { rights } of functions.values())
      for (const { actions, condition } of rights)
        if (actions.includes('dynamodb:DeleteItem'))
          expect(condition).toEqual({
            'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['LEASE#*'] },
          });
  });

  test('no function moves the kill switch or vouches for a drill: that is for a person', () => {
    for (const { rights } of functions.values())
      for (const { actions, condition } of rights)
        if (actions.includes('dynamodb:PutItem'))
          expect(condition).toEqual({
            'ForAllValues:StringNotLike': { 'dynamodb:LeadingKeys': ['SWITCH#*', 'DRILL*'] },
          });
  });

  test('whoever raises a log level can give no function a layer or a network, and touches none of ours', () => {
    const update = 'lambda:UpdateFunctionConfiguration';
    expect(whoMay(update)).toEqual(['execute-function-log', 'reverse-function-log']);
    const functionsNamed = (name: string) =>
      `arn:\${AWS::Partition}:lambda:\${AWS::Region}:123456789012:function:${name}`;
    for (const name of whoMay(update)) {
      const about = functions.get(name)!.rights.filter(({ actions }) => actions.includes(update));
      expect(about.map(({ effect, resources }) => [effect, resources])).toEqual([
        ['Allow', [functionsNamed('*')]],
        ['Deny', [functionsNamed(`${PREFIX}*`)]],
      ]);
      expect(about.map(({ condition }) => condition)).toEqual([
        {
          Null: {
            'lambda:Layer': 'true',
            'lambda:VpcIds': 'true',
            'lambda:SubnetIds': 'true',
            'lambda:SecurityGroupIds': 'true',
          },
        },
        undefined,
      ]);
    }
  });

  test('executing may only close a function URL, and only the reverser may open one', () => {
    const authTypes = (name: string) =>
      functions
        .get(name)!
        .rights.filter(allows)
        .filter(({ actions }) => actions.includes('lambda:UpdateFunctionUrlConfig'))
        .map(({ condition }) => condition);
    const only = (value: string) => [{ StringEquals: { 'lambda:FunctionUrlAuthType': value } }];
    expect(authTypes('execute-function-url')).toEqual(only('AWS_IAM'));
    expect(authTypes('reverse-function-url')).toEqual(only('NONE'));
    expect(whoMay('lambda:UpdateFunctionUrlConfig')).toEqual([
      'execute-function-url',
      'reverse-function-url',
    ]);
  });

  test('whoever holds a user back can attach one policy, and that one only takes away', () => {
    const [[id, policy] = ['', undefined], ...others] = Object.entries(
      resourcesOf(template, 'AWS::IAM::ManagedPolicy'),
    );
    expect(others).toEqual([]);
    expect(policy?.Properties.PolicyDocument.Statement).toEqual([
      { Effect: 'Deny', Action: '*', Resource: '*' },
    ]);
    for (const action of ['iam:AttachUserPolicy', 'iam:DetachUserPolicy']) {
      expect(whoMay(action)).toEqual(['execute-user', 'reverse-user']);
      for (const name of whoMay(action))
        for (const { condition } of functions
          .get(name)!
          .rights.filter(allows)
          .filter(({ actions }) => actions.includes(action)))
          expect(condition).toEqual({ ArnEquals: { 'iam:PolicyARN': { Ref: id } } });
    }
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::IAM::ManagedPolicy')))
      for (const principals of ['Users', 'Roles', 'Groups'])
        expect(Properties[principals], 'CloudFormation attaches it to nobody').toBeUndefined();
  });

  describe.each([
    ['user', 'iam:AttachUserPolicy'],
    ['access-key', 'iam:UpdateAccessKey'],
  ])('whoever takes something from a user, in scope %s', (scope, action) => {
    const users = 'arn:${AWS::Partition}:iam::123456789012:user/';
    const denied = (name: string) =>
      functions
        .get(name)!
        .rights.filter((right) => !allows(right) && right.actions.includes(action));

    test.each(['execute', 'reverse'])('%s is denied service accounts', (what) => {
      const statements = denied(`${what}-${scope}`);
      const paths = statements
        .filter(({ condition }) => condition === undefined)
        .flatMap(({ resources }) => resources);
      const tags = statements.flatMap(({ resources, condition }) => {
        if (condition === undefined) return [];
        expect(resources).toEqual([`${users}*`]);
        const [[key = '', values] = []] = Object.entries(
          (condition as { StringEqualsIgnoreCase: object }).StringEqualsIgnoreCase,
        );
        return [values].flat().map((value) => [key.replace('iam:ResourceTag/', ''), value]);
      });
      expect(paths).toEqual(
        expect.arrayContaining([`${users}service/*`, `${users}service-accounts/*`]),
      );
      expect(tags).toEqual([
        ['account-type', 'service'],
        ['account-type', 'service-account'],
        ['countermand', 'protected'],
      ]);
      // What the role is denied, the code gives a reason for before it tries.
      for (const [Key, Value] of tags)
        expect(protectionMarkOf('/', [{ Key, Value }])).not.toBeNull();
      for (const path of ['/service/a/', '/service-accounts/'])
        expect(protectionMarkOf(path, [])).not.toBeNull();
    });

    test.each(['execute', 'reverse'])('%s is denied every user that policy protects', (what) => {
      const resources = denied(`${what}-${scope}`).flatMap((right) => right.resources);
      const names = POLICY.protected
        .filter(({ kinds }) => kinds?.includes('iam-user') ?? true)
        .flatMap(({ values = [] }) => values);
      expect(names).toEqual(expect.arrayContaining(['*break-glass*', '*countermand*', 'svc-*']));
      for (const name of names) expect(resources).toContain(`${users}${name}`);
    });

    test('an account’s own protected users are denied, too', () => {
      const own = { id: 'payroll', why: 'Salaries run on it', values: ['payroll-run'] };
      const other = functionsOf(templateWith({ policy: { protected: [own] } }));
      const resources = other.get(`execute-${scope}`)!.rights.flatMap((right) => right.resources);
      expect(resources).toContain(`${users}payroll-run`);
      expect(resources, 'in any path').toContain(`${users}*/payroll-run`);
    });
  });

  test('only who passes a decision on may answer the state machine', () => {
    expect(whoMay('states:SendTaskSuccess')).toEqual(['approve', 'sweep', 'web']);
  });

  test('a flow log is made with our tag only, and only what carries it is deleted', () => {
    const conditionsOf = (action: string) =>
      functions
        .get('reverse-flow-log')!
        .rights.filter(({ actions }) => actions.includes(action))
        .map(({ condition }) => condition);
    expect(whoMay('ec2:DeleteFlowLogs')).toEqual(['execute-flow-log', 'reverse-flow-log']);
    expect(conditionsOf('ec2:DeleteFlowLogs')).toEqual([
      { Null: { 'aws:ResourceTag/countermand-action': 'false' } },
    ]);
    expect(conditionsOf('ec2:CreateFlowLogs')).toContainEqual({
      Null: { 'aws:RequestTag/countermand-action': 'false' },
      'ForAllValues:StringEquals': {
        'aws:TagKeys': ['countermand-action', 'countermand-incident'],
      },
    });
    expect(conditionsOf('ec2:CreateTags')).toEqual([
      { StringEquals: { 'ec2:CreateAction': 'CreateFlowLogs' } },
    ]);
  });

  test('each role that is lent goes to one service only: schedules to the scheduler, flow logs to EC2', () => {
    const setters = [...SCOPES.map((scope) => `execute-${scope}`), 'web'].sort();
    expect(whoMay('scheduler:CreateSchedule')).toEqual(setters);
    const lenders = ['execute-flow-log', 'reverse-flow-log'];
    expect(whoMay('iam:PassRole')).toEqual([...new Set([...setters, ...lenders])].sort());
    const lent = [...functions.values()].flatMap(({ rights }) =>
      rights
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

  test('nobody but the state machines, the scheduler, the sweeper and the pages calls functions', () => {
    expect(whoMay('lambda:InvokeFunction')).toEqual(['sweep', 'web']);
  });
});
