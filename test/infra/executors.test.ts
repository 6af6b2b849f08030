// What executors and reversers may change, and on which condition.
import { describe, expect, test } from 'vitest';
import { protectionMarkOf } from '../../functions/domain/service-account.ts';
import {
  functionsOf,
  POLICY,
  PREFIX,
  resourcesOf,
  templateWith,
} from '../../tools/generate/template.ts';
import {
  actionsOf,
  allows,
  boundaryId,
  conditionsOf,
  functions,
  OPTED_IN,
  statementsOf,
  template,
  whoMay,
} from './roles.ts';

test('only the executor and the reverser of the web firewall change IP sets, and only ours', () => {
  expect(whoMay('wafv2:UpdateIPSet')).toEqual(['execute-waf', 'reverse-waf']);
  const changed = statementsOf('execute-waf', 'wafv2:UpdateIPSet');
  const sets = new Set(changed.flatMap(({ resources }) => resources));
  const ours = Object.keys(resourcesOf(template, 'AWS::WAFv2::IPSet')).map((id) => `\${${id}.Arn}`);
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

test('functions that raise a log level cannot add a layer or a network, nor change our own functions', () => {
  const update = 'lambda:UpdateFunctionConfiguration';
  expect(whoMay(update)).toEqual(['execute-function-log', 'reverse-function-log']);
  const functionsNamed = (name: string) =>
    `arn:\${AWS::Partition}:lambda:\${AWS::Region}:123456789012:function:${name}`;
  for (const name of whoMay(update)) {
    const about = statementsOf(name, update);
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
    expect(conditionsOf(`execute-${scope}`, action)).toEqual([expect.objectContaining(OPTED_IN)]);
    const undo = functions.get(`reverse-${scope}`)!.permissions;
    expect(undo.filter(({ condition }) => JSON.stringify(condition)?.includes('allowed'))).toEqual(
      [],
    );
  },
);

test('only the reverser can open a function URL, and the executor can only close one', () => {
  const change = 'lambda:UpdateFunctionUrlConfig';
  const only = (value: string) => [{ StringEquals: { 'lambda:FunctionUrlAuthType': value } }];
  expect(conditionsOf('execute-function-url', change)).toEqual(only('AWS_IAM'));
  expect(conditionsOf('reverse-function-url', change)).toEqual(only('NONE'));
  expect(whoMay(change)).toEqual(['execute-function-url', 'reverse-function-url']);
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
    for (const condition of conditionsOf(holder, action))
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
  const denied = (name: string) => statementsOf(name, action).filter((right) => !allows(right));

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
    for (const [Key, Value] of tags) expect(protectionMarkOf('/', [{ Key, Value }])).not.toBeNull();
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

test('creates a flow log only with our tag, and deletes only flow logs with it', () => {
  const conditionsOf = (action: string) =>
    statementsOf(whoMay(action)[0]!, action).map(({ condition }) => condition);
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
