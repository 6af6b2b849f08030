// The synthesised template of the account `example`, and its permissions.
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { CountermandStack } from '../../infra/countermand-stack.ts';
import type { Settings } from '../../infra/settings.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
export const PREFIX = 'countermand-';
export const SETTINGS: Settings = {
  account: 'example',
  prefix: PREFIX,
  mailFrom: 'countermand@example.com',
};
export const POLICY = loadPolicy(POLICIES, 'example');

type Change = { settings?: Partial<Settings>; policy?: Partial<Policy>; region?: string };

/** Leaves out bundling, which takes ten times as long and does not change the template. */
export function stackWith(change: Change = {}) {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new CountermandStack(app, 'countermand-test', {
    settings: { ...SETTINGS, ...change.settings },
    policy: { ...POLICY, ...change.policy },
    region: change.region,
  });
  return { app, stack };
}

/** By what they are made from: synthesis takes seconds. */
const templates = new Map<string, Template>();
export function templateWith(change: Change = {}): Template {
  const { settings, policy, region } = change;
  const key = JSON.stringify([{ ...SETTINGS, ...settings }, { ...POLICY, ...policy }, region]);
  const template = templates.get(key) ?? Template.fromStack(stackWith(change).stack);
  templates.set(key, template);
  return template;
}

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's JSON, of which the assertions name the parts
type Properties = Record<string, any>;
export type Resource = {
  Type: string;
  Properties: Properties;
  Metadata?: Properties;
  DependsOn?: string[];
};
export type Statement = {
  sid?: string;
  effect: string;
  actions: string[];
  resources: string[];
  condition: unknown;
};

export const resourcesOf = (template: Template, type: string): Record<string, Resource> =>
  template.findResources(type) as Record<string, Resource>;

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** CloudFormation's functions as text: joins joined, references as `${Name}`. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, argument] = ['', undefined]] = Object.entries(value as Properties);
  if (name === 'Fn::Join') return (argument[1] as unknown[]).map(text).join(argument[0]);
  if (name === 'Fn::GetAtt') return `\${${argument[0]}.${argument[1]}}`;
  if (name === 'Ref') return `\${${argument}}`;
  if (name === 'Fn::Sub') return String(argument);
  throw new Error(`cannot read ${JSON.stringify(value)}`);
}

export const statementsIn = (document: Properties): Statement[] =>
  listOf(document.Statement).map((one) => {
    const { Sid, Effect, Action, Resource, Condition } = one as Properties;
    return {
      ...(Sid && { sid: Sid }),
      effect: Effect,
      actions: listOf(Action).map(String),
      resources: listOf(Resource).map(text),
      condition: Condition,
    };
  });

/** The permissions of each role by its logical ID: attached and inline policies. */
export function permissionsByRole(template: Template): Map<string, Statement[]> {
  const permissions = new Map<string, Statement[]>();
  for (const [id, { Properties: role }] of Object.entries(resourcesOf(template, 'AWS::IAM::Role')))
    permissions.set(
      id,
      listOf(role.Policies ?? []).flatMap((p) => statementsIn((p as Properties).PolicyDocument)),
    );
  for (const { Properties: policy } of Object.values(resourcesOf(template, 'AWS::IAM::Policy')))
    for (const { Ref } of policy.Roles)
      permissions.get(Ref)?.push(...statementsIn(policy.PolicyDocument));
  return permissions;
}

export type DeployedFunction = {
  name: string;
  id: string;
  properties: Properties;
  permissions: Statement[];
};

/** All functions of the stack, by name without the prefix. */
export function functionsOf(template: Template): Map<string, DeployedFunction> {
  const permissions = permissionsByRole(template);
  const entries = Object.entries(resourcesOf(template, 'AWS::Lambda::Function')).map(
    ([id, { Properties: properties }]) => {
      const name = String(properties.FunctionName).slice(PREFIX.length);
      const role = String(properties.Role['Fn::GetAtt'][0]);
      return [name, { name, id, properties, permissions: permissions.get(role) ?? [] }] as const;
    },
  );
  return new Map(entries);
}

/** True when the granted action, including wildcards and letter case, covers the wanted API action. */
export function covers(granted: string, wanted: string): boolean {
  const pattern = granted
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 'i').test(wanted);
}
