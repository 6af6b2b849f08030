// Least privilege, checked on the synthesised CloudFormation template.

import { describe, expect, test } from 'vitest';
import { analyseDeps } from '../../functions/analyse/deps.ts';
import { ENV } from '../../functions/domain/env.ts';
import { protectionMarkOf } from '../../functions/domain/service-account.ts';
import { DEPLOYMENT } from '../../functions/mechanisms/deployment.ts';
import { type DeployedStack, wildcardsIn } from '../../functions/mechanisms/permissions.ts';
import { SCOPES, type Scope } from '../../functions/mechanisms/registry.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import type { Channels } from '../../functions/policy/schemas/channels.ts';
import { writesOf } from '../../functions/store/writers.ts';
import { SIGNERS } from '../../infra/mac-keys.ts';
import type { Settings } from '../../infra/settings.ts';
import {
  covers,
  functionsOf,
  POLICY,
  PREFIX,
  permissionsByRole,
  resourcesOf,
  type Statement,
  statementsIn,
  templateWith,
  text,
} from '../../tools/generate/template.ts';

const template = templateWith();
const functions = functionsOf(template);
const roles = permissionsByRole(template);
const SIGN_IN = {
  ...{ issuer: 'https://login.example.com', clientId: 'c', claim: 'email', acrValues: [] },
  clientSecret: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:idp-AbCdEf',
};
/** The condition of executors that need the owner's opt-in. */
const OPTED_IN = { StringEquals: { 'aws:ResourceTag/countermand': 'allowed' } };
const OWN_LOGS_AND_TRACES = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** The template's stack, with names as in the template's texts. */
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
  pageKeyArn: 'page-key',
  mailFrom: 'countermand@example.com',
  mailTo: ['ana.silva@example.com'],
  mailConfigurationSet: 'mail',
  textsFrom: ['sender'],
  secretArns: { mail: ['secret'], messages: ['secret'], tickets: ['secret'] },
  toJson: JSON.stringify,
};
const permissionsOf = (scope: Scope) => DEPLOYMENT[scope].permissions(STACK);

const allows = ({ effect }: Statement) => effect === 'Allow';
const actionsOf = (name: string) =>
  functions
    .get(name)!
    .permissions.filter(allows)
    .flatMap(({ actions }) => actions)
    .filter((action) => !OWN_LOGS_AND_TRACES.includes(action))
    .sort();
const whoMay = (action: string, on?: string, all = functions) =>
  [...all.values()]
    .filter(({ permissions }) =>
      permissions
        .filter(allows)
        .filter(({ resources }) => !on || resources.includes(on) || resources.includes('*'))
        .some(({ actions }) => actions.some((one) => covers(one, action))),
    )
    .map(({ name }) => name)
    .sort();

/** The key behind an alias, as permissions name it. */
function keyOf(alias: string, of = template): string {
  const found = Object.values(resourcesOf(of, 'AWS::KMS::Alias')).find(
    ({ Properties }) => Properties.AliasName === `alias/${PREFIX}${alias}`,
  );
  return text(found!.Properties.TargetKeyId);
}

/** API actions that would carry out a tier-3 action, or grant the permissions for it. */
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
    'rds:ModifyDBInstance',
    'eks:UpdateClusterConfig',
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
  contain_resource: [
    'ecs:StopTask',
    'lambda:PutFunctionConcurrency',
    's3:PutBucketPublicAccessBlock',
    'cloudtrail:StartLogging',
    'cloudtrail:StopLogging',
    'ec2:DisableImage',
    'eks:UpdateAccessEntry',
  ],
  'any tier-3 action through privilege escalation': [
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

/**
 * API actions that one scope needs for another purpose. Tests below, or docs/decisions, say what keeps the scope
 * from the tier-3 action.
 */
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

const [boundaryId, { Properties: boundary }] = Object.entries(
  resourcesOf(template, 'AWS::IAM::ManagedPolicy'),
).find(([, { Properties }]) => Properties.ManagedPolicyName === `${PREFIX}boundary`)!;

describe('P1: tier 3', () => {
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

  test.each(Object.entries(TIER_3))('P1: no role holds a permission for %s', (_name, forbidden) => {
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

  const denied = statementsIn(boundary.PolicyDocument).filter(({ effect }) => effect === 'Deny');
  const isDenied = (action: string) =>
    denied
      .filter(({ condition }) => condition === undefined)
      .some(({ actions }) => actions.some((one) => covers(one, action)));

  test('P1: the boundary of every role denies every tier-3 permission that no mechanism lists', () => {
    for (const [id, { Properties }] of Object.entries(resourcesOf(template, 'AWS::IAM::Role')))
      expect([id, Properties.PermissionsBoundary]).toEqual([id, { Ref: boundaryId }]);
    const all = Object.values(TIER_3).flat();
    expect(all.filter((action) => !isDenied(action) && !(action in SHARED))).toEqual([]);
  });

  test('the boundary denies nothing that a role is granted', () => {
    const granted = [...roles.values()].flat().filter(allows);
    expect(granted.flatMap(({ actions }) => actions).filter(isDenied)).toEqual([]);
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    expect(JSON.stringify(boundary.PolicyDocument).length).toBeLessThan(6_144);
  });

  test('P1: the boundary lets a role attach the deny-all policy and no other', () => {
    const attach = denied.find(({ actions }) => actions.includes('iam:AttachUserPolicy'))!;
    const conditions = attach.condition as Record<string, Record<string, object>>;
    const arn = conditions.ArnNotEquals?.['iam:PolicyARN'];
    expect(text(arn)).toMatch(/:iam::123456789012:policy\/countermand\/countermand-deny-all$/);
  });

  test('no role uses a policy managed by AWS, whose content may change', () => {
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::IAM::Role')))
      expect(Properties.ManagedPolicyArns ?? []).toEqual([]);
  });

  test('the scan expands wildcards', () => {
    expect(covers('ec2:*', 'ec2:CreateSnapshot')).toBe(true);
    expect(covers('IAM:Update*', 'iam:UpdateAccessKey')).toBe(true);
    expect(covers('*', 'iam:UpdateAccessKey')).toBe(true);
    expect(covers('ec2:DescribeInstances', 'ec2:CreateSnapshot')).toBe(false);
  });
});

describe('least privilege', () => {
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

  test.each([
    ['links-1', SIGNERS.links, 'kms:GenerateMac'],
    ['votes-1', SIGNERS.votes, 'kms:GenerateMac'],
    ['digests-1', SIGNERS.digests, 'kms:Sign'],
  ])(
    'the policy of the key %s denies signing to all but those that need it',
    (alias, signers, sign) => {
      const whole = templateWith({ policy: { signIn: SIGN_IN } });
      const key = keyOf(alias, whole);
      expect(whoMay(sign, key, functionsOf(whole))).toEqual(signers);
      const [id = ''] = /\w+/.exec(key) ?? [];
      const statements = statementsIn(
        resourcesOf(whole, 'AWS::KMS::Key')[id]!.Properties.KeyPolicy,
      );
      const [deny, ...others] = statements.filter(({ effect }) => effect === 'Deny');
      expect(others).toEqual([]);
      expect(deny?.actions).toEqual([sign]);
      const { ArnNotEquals } = deny!.condition as { ArnNotEquals: Record<string, object[]> };
      expect([ArnNotEquals['aws:PrincipalArn']].flat().map((arn) => text(arn))).toEqual(
        signers.map((name) => expect.stringMatching(`:iam::123456789012:role/.*${name}$`)),
      );
    },
  );

  test('functions that send links cannot verify them, and only the pages can', () => {
    expect(whoMay('kms:GenerateMac', keyOf('links-1'))).toEqual([
      'approve',
      'close',
      'notify',
      'remind',
    ]);
    expect(whoMay('kms:VerifyMac', keyOf('links-1'))).toEqual(['web']);
    expect(whoMay('kms:Decrypt')).toEqual([]);
  });

  describe('the keys of proofs (P2)', () => {
    const executors = SCOPES.map((scope) => `execute-${scope}`).sort();
    const reversers = SCOPES.map((scope) => `reverse-${scope}`).sort();
    const sorted = (...names: string[]) => names.sort();

    test('only the pages sign votes and orders', () => {
      expect(whoMay('kms:GenerateMac', keyOf('votes-1'))).toEqual(['web']);
      expect(whoMay('kms:VerifyMac', keyOf('votes-1'))).toEqual(
        sorted('archive', 'gate', 'web', 'world', ...executors, ...reversers),
      );
    });

    test('only the gate signs rulings', () => {
      expect(whoMay('kms:GenerateMac', keyOf('rulings-1'))).toEqual(['gate']);
      expect(whoMay('kms:VerifyMac', keyOf('rulings-1'))).toEqual(
        sorted('archive', 'gate', 'web', ...executors),
      );
    });

    test('only executors sign evidence', () => {
      expect(whoMay('kms:GenerateMac', keyOf('evidence-1'))).toEqual(executors);
      expect(whoMay('kms:VerifyMac', keyOf('evidence-1'))).toEqual(
        sorted('archive', 'gate', 'web', 'world', ...executors, ...reversers),
      );
    });

    test('only intake signs alerts, and only the gate verifies them', () => {
      expect(whoMay('kms:GenerateMac', keyOf('alerts-1'))).toEqual(['intake']);
      expect(whoMay('kms:VerifyMac', keyOf('alerts-1'))).toEqual(['archive', 'gate']);
    });

    test('only functions that send pages count them', () => {
      const senders = [...functions.keys()]
        .filter((name) =>
          writesOf(name, { recordLayout: 2, layout1Ended: false }).includes('pager'),
        )
        .sort();
      expect(senders).toEqual(expect.arrayContaining(['approve', 'execute-message', 'notify']));
      for (const operation of ['kms:GenerateMac', 'kms:VerifyMac'])
        expect(whoMay(operation, keyOf('pages-1'))).toEqual(senders);
    });

    test('a rotation keeps the previous keys for verification only', () => {
      const rotated = templateWith({ settings: { proofKeyGeneration: 3 } });
      const after = functionsOf(rotated);
      const signers = { votes: ['web'], rulings: ['gate'], evidence: executors };
      for (const [name, expected] of Object.entries(signers)) {
        const [current, previous] = [keyOf(`${name}-3`, rotated), keyOf(`${name}-2`, rotated)];
        expect(whoMay('kms:GenerateMac', current, after)).toEqual(expected);
        expect(whoMay('kms:GenerateMac', previous, after)).toEqual([]);
        expect(whoMay('kms:VerifyMac', previous, after)).toEqual(
          whoMay('kms:VerifyMac', current, after),
        );
      }
    });
  });

  describe('rotation of the link key', () => {
    const rotated = templateWith({ settings: { linkKeyGeneration: 3 } });
    const after = functionsOf(rotated);
    const current = keyOf('links-3', rotated);
    const previous = keyOf('links-2', rotated);
    const asking = ['approve', 'close', 'notify', 'remind'];

    test('signs links only with the new key, and can still verify those of the previous key', () => {
      expect(whoMay('kms:GenerateMac', current, after)).toEqual(asking);
      expect(whoMay('kms:GenerateMac', previous, after)).toEqual([]);
      for (const key of [current, previous])
        expect(whoMay('kms:VerifyMac', key, after)).toEqual(['web']);
    });

    test('deletes the key before the previous one, after a waiting period of 30 days', () => {
      const keys = Object.values(resourcesOf(rotated, 'AWS::KMS::Key'));
      // Two keys of links, and those of votes, rulings, evidence, alerts, resumptions, pages and digests.
      expect(keys).toHaveLength(9);
      rotated.allResources('AWS::KMS::Key', {
        DeletionPolicy: 'Delete',
        Properties: { PendingWindowInDays: 30 },
      });
    });

    test('gives functions that send links only the new key, once the pages have it', () => {
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

  test('P8: only the archive writes copies, only digest signs them, and neither can change or read one', () => {
    const within = (action: string) =>
      [...functions.values()].flatMap(({ name, permissions }) =>
        permissions
          .filter(({ actions }) => actions.includes(action))
          .flatMap(({ resources }) => resources)
          .map((resource) => `${name} ${resource.slice(resource.indexOf('/') + 1)}`),
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

  test('only the executor and the reverser of the web firewall change IP sets, and only ours', () => {
    expect(whoMay('wafv2:UpdateIPSet')).toEqual(['execute-waf', 'reverse-waf']);
    const sets = new Set(
      functions
        .get('execute-waf')!
        .permissions.filter(({ actions }) => actions.includes('wafv2:UpdateIPSet'))
        .flatMap(({ resources }) => resources),
    );
    const ours = Object.keys(resourcesOf(template, 'AWS::WAFv2::IPSet')).map(
      (id) => `\${${id}.Arn}`,
    );
    expect([...sets].sort()).toEqual(ours.sort());
  });

  test('only the executor adds rules to network ACLs, only the reverser removes them, and neither does anything else in EC2', () => {
    for (const [name, change] of [
      ['execute-network', 'ec2:CreateNetworkAclEntry'],
      ['reverse-network', 'ec2:DeleteNetworkAclEntry'],
    ] as const) {
      expect(whoMay(change)).toEqual([name]);
      expect(actionsOf(name).filter((action) => action.startsWith('ec2:'))).toEqual([
        change,
        'ec2:DescribeNetworkAcls',
      ]);
    }
  });

  test('no reverser can do what its executor does', () => {
    for (const change of [
      'cognito-idp:AdminDisableUser',
      'cognito-idp:AdminUserGlobalSignOut',
      'ec2:CreateFlowLogs',
      'ec2:CreateNetworkAclEntry',
      'iam:AttachUserPolicy',
    ])
      expect(whoMay(change)).toEqual([expect.stringMatching(/^execute-/)]);
  });

  test('only the executor and the reverser of mail read the secrets that policy names', () => {
    const secretArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:gmail-AbCdEf';
    const read = 'secretsmanager:GetSecretValue';
    const readers = (integrations: Policy['integrations']) =>
      [...functionsOf(templateWith({ policy: { integrations } })).values()].flatMap((one) =>
        one.permissions
          .filter(({ actions }) => actions.includes(read))
          .map(({ resources }) => [one.name, ...resources]),
      );
    expect(readers({})).toEqual([]);
    expect(readers({ gmail: { secretArn } }).sort()).toEqual([
      ['execute-mail', secretArn],
      ['reverse-mail', secretArn],
    ]);
  });

  test('only the pages read the secret of the identity provider, and only when policy requires sign-in', () => {
    const readers = (signIn: Policy['signIn']) =>
      [...functionsOf(templateWith({ policy: { signIn } })).values()].flatMap((one) =>
        one.permissions
          .filter(({ actions }) => actions.includes('secretsmanager:GetSecretValue'))
          .map(({ resources }) => [one.name, ...resources]),
      );
    expect(readers(null)).toEqual([]);
    expect(readers(SIGN_IN)).toEqual([['web', SIGN_IN.clientSecret]]);
  });

  test('only enrich and remind read sampled requests, and only of the web ACLs that policy names', () => {
    const arn = 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/a1b2';
    const readers = (webAcls: Policy['webAcls']) =>
      [...functionsOf(templateWith({ policy: { webAcls } })).values()].flatMap((one) =>
        one.permissions
          .filter(({ actions }) => actions.includes('wafv2:GetSampledRequests'))
          .map(({ actions, resources }) => [one.name, ...actions, ...resources]),
      );
    expect(readers([])).toEqual([]);
    expect(readers([{ arn, metrics: ['shop'] }]).sort()).toEqual([
      ['enrich', 'wafv2:GetSampledRequests', arn],
      ['remind', 'wafv2:GetSampledRequests', arn],
    ]);
  });

  test('no function reads AWS Config unless policy turns the look-up on', () => {
    const readers = [...functions.values()].filter(({ permissions }) =>
      permissions.some(({ actions }) => actions.some((action) => action.startsWith('config:'))),
    );
    expect(readers).toEqual([]);
  });

  test('only enrich reads flow logs, and only in the log groups of the stack and of policy', () => {
    const readers = (flowLogGroups: Policy['flowLogGroups']) =>
      [...functionsOf(templateWith({ policy: { flowLogGroups } })).values()].flatMap((one) =>
        one.permissions
          .filter(({ actions }) => actions.some((action) => action.startsWith('logs:Filter')))
          .map(({ resources }) => [one.name, ...resources]),
      );
    const own = expect.stringMatching(/FlowLogs/);
    expect(readers([])).toEqual([['enrich', own]]);
    expect(readers(['vpc/flows'])).toEqual([
      ['enrich', own, expect.stringMatching(/^arn:.*:123456789012:log-group:vpc\/flows:\*$/)],
    ]);
  });

  describe('secrets', () => {
    const reads = (names: typeof functions) =>
      Object.fromEntries(
        [...names.values()].flatMap(({ name, permissions }) => {
          const read = permissions.filter(({ actions }) =>
            actions.includes('secretsmanager:GetSecretValue'),
          );
          return read.length > 0 ? [[name, read.flatMap(({ resources }) => resources).sort()]] : [];
        }),
      );
    const named = (name: string) =>
      `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:123456789012:secret:${name}-??????`;

    test('no function reads a secret when no channel needs one', () => {
      expect(reads(functions)).toEqual({});
    });

    test('functions that send messages or open tickets read exactly the secrets of their channels', () => {
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
        // Requests from Slack are verified only by the pages.
        web: [named('team/slack-signing')],
        approve: ofMessages,
        bounce: ofMessages,
        close: ofMessages,
        remind: ofMessages,
        sweep: ofMessages,
        world: ofMessages,
        notify: [...ofMessages, ...ofTickets].sort(),
        'execute-message': ofMessages,
        'reverse-message': ofMessages,
        'execute-ticket': ofTickets,
        'reverse-ticket': ofTickets,
        ticket: ofTickets,
      });
    });

    test('only gate and notify read the secrets of on-call schedules', () => {
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

    test('no environment variable is named like a secret', () => {
      for (const { properties } of functions.values())
        expect(Object.keys(properties.Environment.Variables).join()).not.toMatch(
          /TOKEN|KEY$|PASSWORD/,
        );
    });
  });

  test('only functions that send messages send texts, and only from the number in policy', () => {
    const send = 'sms-voice:SendTextMessage';
    expect(whoMay(send)).toEqual([]);
    const from = 'arn:aws:sms-voice:eu-central-1:123456789012:pool/pool-0123';
    const channels = { ...POLICY.channels, sms: { from } };
    const allowed = [...functionsOf(templateWith({ policy: { channels } })).values()].flatMap(
      ({ name, permissions }) =>
        permissions
          .filter(({ actions }) => actions.includes(send))
          .map(({ resources }) => `${name} ${resources}`),
    );
    expect(allowed.sort()).toEqual(
      [
        ...['approve', 'close', 'execute-message', 'notify', 'remind', 'reverse-message'],
        ...['sweep', 'world'],
      ].map((name) => `${name} ${from}`),
    );
  });

  test('functions that raise a log level cannot add a layer or a network, nor change our own functions', () => {
    const update = 'lambda:UpdateFunctionConfiguration';
    expect(whoMay(update)).toEqual(['execute-function-log', 'reverse-function-log']);
    const functionsNamed = (name: string) =>
      `arn:\${AWS::Partition}:lambda:\${AWS::Region}:123456789012:function:${name}`;
    for (const name of whoMay(update)) {
      const about = functions
        .get(name)!
        .permissions.filter(({ actions }) => actions.includes(update));
      expect(about.map(({ effect, resources }) => [effect, resources])).toEqual([
        ['Allow', [functionsNamed('*')]],
        ['Deny', [functionsNamed(`${PREFIX}*`)]],
      ]);
      const nothingElse = {
        Null: {
          'lambda:Layer': 'true',
          'lambda:VpcIds': 'true',
          'lambda:SubnetIds': 'true',
          'lambda:SecurityGroupIds': 'true',
        },
      };
      expect(about.map(({ condition }) => condition)).toEqual([
        name.startsWith('execute') ? { ...nothingElse, ...OPTED_IN } : nothingElse,
        undefined,
      ]);
    }
  });

  test.each([
    ['lambda:UpdateFunctionConfiguration', 'function-log'],
    ['apigateway:PATCH', 'api-key'],
    ['cognito-idp:AdminDisableUser', 'user-pool'],
    ['cognito-idp:AdminUserGlobalSignOut', 'user-pool'],
    ['ec2:CreateNetworkAclEntry', 'network'],
  ])(
    'executors call %s only on resources that are opted in by tag; no undo needs the tag',
    (action, scope) => {
      const conditionsOf = (name: string) =>
        functions
          .get(name)!
          .permissions.filter(allows)
          .filter(({ actions }) => actions.includes(action))
          .map(({ condition }) => condition);
      expect(conditionsOf(`execute-${scope}`)).toEqual([expect.objectContaining(OPTED_IN)]);
      const undo = functions.get(`reverse-${scope}`)!.permissions;
      expect(
        undo.filter(({ condition }) => JSON.stringify(condition)?.includes('allowed')),
      ).toEqual([]);
    },
  );

  test('only the reverser can open a function URL, and the executor can only close one', () => {
    const authTypes = (name: string) =>
      functions
        .get(name)!
        .permissions.filter(allows)
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

  test('functions that disable a user can attach one policy, which only denies', () => {
    const [[id, policy] = ['', undefined], ...others] = Object.entries(
      resourcesOf(template, 'AWS::IAM::ManagedPolicy'),
    ).filter(([name]) => name !== boundaryId);
    expect(others).toEqual([]);
    expect(policy?.Properties.PolicyDocument.Statement).toEqual([
      { Effect: 'Deny', Action: '*', Resource: '*' },
    ]);
    for (const [action, holder] of [
      ['iam:AttachUserPolicy', 'execute-user'],
      ['iam:DetachUserPolicy', 'reverse-user'],
    ] as const) {
      expect(whoMay(action)).toEqual([holder]);
      for (const name of whoMay(action))
        for (const { condition } of functions
          .get(name)!
          .permissions.filter(allows)
          .filter(({ actions }) => actions.includes(action)))
          expect(condition).toEqual({ ArnEquals: { 'iam:PolicyARN': { Ref: id } } });
    }
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::IAM::ManagedPolicy')))
      for (const principals of ['Users', 'Roles', 'Groups'])
        expect(Properties[principals], 'CloudFormation attaches it to no one').toBeUndefined();
  });

  describe.each([
    ['user', 'iam:AttachUserPolicy'],
    ['access-key', 'iam:UpdateAccessKey'],
  ])('restrictions of users in scope %s', (scope, action) => {
    const users = 'arn:${AWS::Partition}:iam::123456789012:user/';
    const denied = (name: string) =>
      functions
        .get(name)!
        .permissions.filter((right) => !allows(right) && right.actions.includes(action));

    test.each(['execute', 'reverse'])('denies %s every service account', (what) => {
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
      // The code gives a reason before it tries what the role denies.
      for (const [Key, Value] of tags)
        expect(protectionMarkOf('/', [{ Key, Value }])).not.toBeNull();
      for (const path of ['/service/a/', '/service-accounts/'])
        expect(protectionMarkOf(path, [])).not.toBeNull();
    });

    test.each(['execute', 'reverse'])('denies %s every user that policy protects', (what) => {
      const resources = denied(`${what}-${scope}`).flatMap((right) => right.resources);
      const names = POLICY.protected
        .filter(({ kinds }) => kinds?.includes('iam-user') ?? true)
        .flatMap(({ values = [] }) => values);
      expect(names).toEqual(expect.arrayContaining(['*break-glass*', '*countermand*', 'svc-*']));
      for (const name of names) expect(resources).toContain(`${users}${name}`);
    });

    test('denies the executor the protected users of an account as well', () => {
      const own = { id: 'payroll', why: 'Salaries run on it', values: ['payroll-run'] };
      const other = functionsOf(templateWith({ policy: { protected: [own] } }));
      const resources = other
        .get(`execute-${scope}`)!
        .permissions.flatMap((right) => right.resources);
      expect(resources).toContain(`${users}payroll-run`);
      expect(resources, 'in any path').toContain(`${users}*/payroll-run`);
    });
  });

  test('only functions that pass on a decision can answer the state machine', () => {
    expect(whoMay('states:SendTaskSuccess')).toEqual(['approve', 'sweep', 'web']);
  });

  test('creates a flow log only with our tag, and deletes only flow logs with it', () => {
    const conditionsOf = (action: string) =>
      functions
        .get(whoMay(action)[0]!)!
        .permissions.filter(({ actions }) => actions.includes(action))
        .map(({ condition }) => condition);
    expect(whoMay('ec2:DeleteFlowLogs')).toEqual(['reverse-flow-log']);
    expect(whoMay('ec2:CreateTags')).toEqual(['execute-flow-log']);
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
    const invoked = functions
      .get('world')!
      .permissions.filter((one) => one.actions.includes('lambda:InvokeFunction'))
      .flatMap(({ resources }) => resources.map((arn) => arn.split(':').at(-1)));
    expect(invoked.sort()).toEqual(
      ['access-key', 'api-key', 'function-log', 'function-url', 'network', 'user', 'waf'].map(
        (scope) => `${PREFIX}execute-${scope}`,
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
    const invoked = functions
      .get('bounce')!
      .permissions.filter((one) => one.actions.includes('lambda:InvokeFunction'))
      .flatMap(({ resources }) => resources.map((arn) => arn.split(':').at(-1)));
    expect(invoked).toEqual([`${PREFIX}approve`]);
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
    const invoked = functions
      .get('summarise')!
      .permissions.filter((one) => one.actions.includes('lambda:InvokeFunction'))
      .flatMap(({ resources }) => resources.map((arn) => arn.split(':').at(-1)));
    expect(invoked).toEqual([`${PREFIX}ticket`]);
  });

  test('only these five functions invoke functions', () => {
    const invoking = ['bounce', 'summarise', 'sweep', 'web', 'world'];
    expect(whoMay('lambda:InvokeFunction')).toEqual(invoking);
  });
});
