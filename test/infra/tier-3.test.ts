// P1: no role can carry out a tier-3 action, checked on the template.
import { describe, expect, test } from 'vitest';
import { SCOPES } from '../../functions/mechanisms/registry.ts';
import { covers, PREFIX, resourcesOf, statementsIn, text } from '../../tools/generate/template.ts';
import { allows, boundary, boundaryId, permissionsOf, roles, template } from './roles.ts';

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
