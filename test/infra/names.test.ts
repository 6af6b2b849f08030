// Names that all regions of an account share, in new and in earlier stacks.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test, vi } from 'vitest';
import type { Reported } from '../../functions/domain/alert.ts';
import { causeOf } from '../../functions/intake/self-inflicted.ts';
import type { Store } from '../../functions/store/store.ts';
import { EdgeStack } from '../../infra/edge-stack.ts';
import type { Settings } from '../../infra/settings.ts';
import {
  POLICY,
  PREFIX,
  type Resource,
  SETTINGS,
  stackWith,
  text,
} from '../../tools/generate/template.ts';
import { alertWith, NOW, suspectUser } from '../fixtures/case.ts';

/** Type and name of each IAM role, policy, IP set and bucket, as the version before regions in names deployed them. */
const EARLIER: Record<
  'stack' | 'edge',
  Record<string, [type: string, name: string | null]>
> = JSON.parse(readFileSync(join(import.meta.dirname, 'names-of-earlier-stack.json'), 'utf8'));

/** Each test synthesises up to two apps. */
vi.setConfig({ testTimeout: 120_000 });

type Change = Pick<Settings, 'namesWithoutRegion'>;
type TemplateJson = { Resources: Record<string, Resource> };
type Templates = Record<'stack' | 'edge', TemplateJson>;
const known = new Map<string, Templates>();

/** Both templates, as the app makes them for a region. */
function templatesIn(region: string, change: Change): Templates {
  const key = JSON.stringify([region, change]);
  const made = known.get(key) ?? synth(region, change);
  known.set(key, made);
  return made;
}

function synth(region: string, change: Change): Templates {
  const settings = { ...SETTINGS, ...change, cloudFront: true };
  const { app, stack } = stackWith({ settings, region });
  const edge = new EdgeStack(app, 'countermand-test-edge', { settings, policy: POLICY, region });
  const json = (one: Stack) => Template.fromStack(one).toJSON() as TemplateJson;
  return { stack: json(stack), edge: json(edge) };
}

/** Types with a name that is unique in the account. Inline policies and generated names are not. */
const IN_ACCOUNT = [
  'AWS::IAM::Role',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::User',
  'AWS::S3::Bucket',
];

function namesIn(region: string, change: Change) {
  const { stack, edge } = templatesIn(region, change);
  const named = (template: TemplateJson, isShared: (one: Resource) => boolean) =>
    Object.values(template.Resources)
      .filter(isShared)
      .map(({ Properties: p }) => p.RoleName ?? p.ManagedPolicyName ?? p.BucketName ?? p.Name)
      .filter((name) => name !== undefined)
      .map((name) => text(name));
  return [
    ...named(stack, ({ Type }) => IN_ACCOUNT.includes(Type)),
    ...named(edge, ({ Type }) => Type.startsWith('AWS::WAFv2::')),
  ];
}

const NEW = { namesWithoutRegion: 'none' };
const ADDED = { namesWithoutRegion: 'eu-central-1' };

test.each([
  ['two new stacks', NEW],
  ['a new stack beside an earlier one', ADDED],
])('%s in two regions of one account have no name in common', (_, change) => {
  const [here, there] = ['eu-central-1', 'us-east-1'].map((region) => namesIn(region, change));
  expect(here!.length).toBeGreaterThan(40);
  expect(new Set(here).size).toBe(here!.length);
  expect(here!.filter((name) => there!.includes(name))).toEqual([]);
  for (const name of there!) expect(name).toMatch(/^countermand-us-east-1-/);
});

test('every name fits in the 64 characters of IAM with the longest prefix and region', () => {
  for (const name of namesIn('ap-southeast-2', NEW))
    expect(name.length + 21 - PREFIX.length).toBeLessThanOrEqual(64);
});

describe.each([
  ['without the setting', {}],
  ['with its region in the setting', ADDED],
])('an earlier stack %s', (_, change) => {
  test.each(['stack', 'edge'] as const)(
    'keeps the logical ID, type and name of each IAM role, policy, IP set and bucket of its %s',
    (which) => {
      const template: TemplateJson = templatesIn('eu-central-1', change)[which];
      const kept = Object.keys(EARLIER[which]).map((id) => {
        const { Type, Properties: p } = template.Resources[id] ?? { Type: 'none', Properties: {} };
        const name = p.RoleName ?? p.ManagedPolicyName ?? p.BucketName ?? p.Name ?? p.PolicyName;
        return [id, [Type, name ?? null]];
      });
      expect(Object.fromEntries(kept)).toEqual(EARLIER[which]);
    },
  );
});

test('stops at a setting that depends on the region, when no region is chosen', () => {
  expect(() => stackWith({ settings: ADDED })).toThrow('choose one with AWS_REGION');
});

test('refers to the region as CloudFormation does when no region is chosen', () => {
  const { stack } = stackWith({ settings: NEW });
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::ManagedPolicy', {
    ManagedPolicyName: {
      'Fn::Join': ['', [PREFIX, { Ref: 'AWS::Region' }, '-deny-all']],
    },
  });
});

test.each([undefined, 'eu-central-1'])(
  'cdk-nag reports nothing about a new stack in the region %s that was not acknowledged',
  (region) => {
    const { app } = stackWith({
      settings: { ...NEW, cloudFront: true },
      ...(region && { region }),
    });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  },
);

test.each([
  ['eu-central-1', 'us-east-1'],
  ['us-east-1', 'eu-central-1'],
])('the stack in %s recognises each role of the stack in %s as its own', async (here, there) => {
  const resources = templatesIn(here, ADDED).stack.Resources;
  const [intake] = Object.values(resources).filter(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::Function' && Properties.FunctionName === `${PREFIX}intake`,
  );
  const deps = {
    store: { entityHistory: { read: async () => [] } } as unknown as Store,
    policy: POLICY,
    ownPrefix: intake!.Properties.Environment.Variables.OWN_PREFIX,
    now: () => NOW,
  };
  const causedBy = (role: string) => {
    const session = `arn:aws:sts::111122223333:assumed-role/${role}/session`;
    const place = { account: POLICY.account, region: there };
    const actor = { ...suspectUser, value: role, place, attributes: { arn: session } };
    return causeOf(deps, { ...alertWith(), entities: [actor] } as Reported);
  };
  for (const role of namesIn(there, ADDED).filter((name) => !name.endsWith('-deny-all')))
    expect(await causedBy(role), role).not.toBeNull();
  expect(await causedBy('deploy')).toBeNull();
});
