// The CloudFront option: IP sets in us-east-1, and permissions limited to them.
import { Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { EdgeStack } from '../../infra/edge-stack.ts';
import {
  functionsOf,
  POLICY,
  resourcesOf,
  SETTINGS,
  type Statement,
  stackWith,
  text,
} from '../../tools/generate/template.ts';

const { app, stack } = stackWith({ settings: { cloudFront: true } });
const edge = new EdgeStack(app, 'countermand-test-edge', {
  settings: { ...SETTINGS, cloudFront: true },
  policy: POLICY,
});
const atEdge = Template.fromStack(edge);
const functions = functionsOf(Template.fromStack(stack));
const NAMES = ['watch-ipv4', 'watch-ipv6', 'block-ipv4', 'block-ipv6'].map(
  (name) => `countermand-${name}`,
);
const wafRights = (statements: readonly Statement[]) =>
  statements
    .filter(({ actions }) => actions.some((action) => action.startsWith('wafv2:')))
    .map(({ actions, resources, condition }) => ({ actions, resources, condition }));
const ours = (name: string) =>
  `arn:\${AWS::Partition}:wafv2:us-east-1:123456789012:global/ipset/${name}/*`;

test('creates the IP sets and the rule group in us-east-1', () => {
  expect([edge.region, edge.account]).toEqual(['us-east-1', POLICY.account]);
  const sets = Object.values(resourcesOf(atEdge, 'AWS::WAFv2::IPSet'));
  expect(
    sets.map(({ Properties: { Name, Scope, Addresses } }) => [Name, Scope, Addresses]),
  ).toEqual(NAMES.map((name) => [name, 'CLOUDFRONT', []]));
  atEdge.hasResourceProperties('AWS::WAFv2::RuleGroup', { Scope: 'CLOUDFRONT' });
  expect(Object.values(atEdge.findOutputs('RuleGroupArn'))).toHaveLength(1);
});

test('sends the events of its deployments to the region whose functions change its IP sets', () => {
  const region = 'eu-central-1';
  const other = new EdgeStack(stackWith().app, 'countermand-test-edge', {
    ...{ settings: { ...SETTINGS, cloudFront: true }, policy: POLICY, region },
  });
  const rules = Object.values(resourcesOf(Template.fromStack(other), 'AWS::Events::Rule'));
  expect(rules.map(({ Properties }) => text(Properties.Targets[0].Arn))).toEqual(
    Array(2).fill(`arn:\${AWS::Partition}:events:${region}:123456789012:event-bus/default`),
  );
  const received = Object.values(resourcesOf(Template.fromStack(stack), 'AWS::Events::Rule'))
    .filter(({ Properties }) => Properties.EventPattern?.source?.[0] === 'aws.cloudformation')
    .map(({ Properties }) => text(Properties.EventPattern.detail['stack-id'][1].prefix));
  expect(received).toEqual(
    Array(2).fill(
      'arn:${AWS::Partition}:cloudformation:us-east-1:123456789012:stack/countermand-test-',
    ),
  );
});

test.each(['execute-waf', 'reverse-waf'])(
  'gives %s the names of the IP sets, and permission to change only them',
  (name) => {
    const { properties, permissions } = functions.get(name)!;
    const ipSets = JSON.stringify(properties.Environment.Variables.IP_SETS);
    for (const set of NAMES) expect(ipSets.split(set)).toHaveLength(3);
    expect(ipSets.match(/CLOUDFRONT/g)).toHaveLength(4);
    expect(wafRights(permissions).slice(1)).toEqual([
      {
        actions: ['wafv2:GetIPSet', 'wafv2:UpdateIPSet'],
        resources: NAMES.map(ours),
        condition: undefined,
      },
      {
        actions: ['wafv2:ListIPSets'],
        resources: ['*'],
        condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } },
      },
    ]);
  },
);

describe('without the CloudFront option', () => {
  const plain = functionsOf(Template.fromStack(stackWith().stack));
  test('no function has permissions in us-east-1', () => {
    for (const { permissions } of plain.values())
      for (const { actions, resources } of wafRights(permissions)) {
        expect(actions).not.toContain('wafv2:ListIPSets');
        expect(resources.filter((resource) => resource.includes('us-east-1'))).toEqual([]);
      }
  });
});

test('cdk-nag reports nothing that was not acknowledged with a reason', () => {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).not.toThrow();
});
