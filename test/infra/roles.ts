// The permissions of every role, as the synthesised template grants them.
import { DEPLOYMENT } from '../../functions/mechanisms/deployment.ts';
import type { DeployedStack } from '../../functions/mechanisms/permissions.ts';
import type { Scope } from '../../functions/mechanisms/registry.ts';
import {
  covers,
  functionsOf,
  PREFIX,
  permissionsByRole,
  resourcesOf,
  type Statement,
  templateWith,
  text,
} from '../../tools/generate/template.ts';

export const template = templateWith();
export const functions = functionsOf(template);
export const roles = permissionsByRole(template);
export const SIGN_IN = {
  ...{ issuer: 'https://login.example.com', clientId: 'c', claim: 'email', acrValues: [] },
  clientSecret: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:idp-AbCdEf',
};
/** The condition of executors that need the owner's opt-in. */
export const OPTED_IN = { StringEquals: { 'aws:ResourceTag/countermand': 'allowed' } };
export const OWN_LOGS_AND_TRACES = [
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
export const permissionsOf = (scope: Scope) => DEPLOYMENT[scope].permissions(STACK);

export const allows = ({ effect }: Statement) => effect === 'Allow';
export const actionsOf = (name: string) =>
  functions
    .get(name)!
    .permissions.filter(allows)
    .flatMap(({ actions }) => actions)
    .filter((action) => !OWN_LOGS_AND_TRACES.includes(action))
    .sort();
export const whoMay = (action: string, on?: string, all = functions) =>
  [...all.values()]
    .filter(({ permissions }) =>
      permissions
        .filter(allows)
        .filter(({ resources }) => !on || resources.includes(on) || resources.includes('*'))
        .some(({ actions }) => actions.some((one) => covers(one, action))),
    )
    .map(({ name }) => name)
    .sort();

/** The statements of a function that name the action. */
export const statementsOf = (name: string, action: string): Statement[] =>
  functions.get(name)!.permissions.filter(({ actions }) => actions.includes(action));

export const conditionsOf = (name: string, action: string): unknown[] =>
  statementsOf(name, action)
    .filter(allows)
    .map(({ condition }) => condition);

/** Each function whose statements name the action, and the resources of those statements. */
export const holdersOf = (action: string, all = functions): string[][] =>
  [...all.values()]
    .map(({ name, permissions }) => ({
      name,
      held: permissions.filter(({ actions }) => actions.includes(action)),
    }))
    .filter(({ held }) => held.length > 0)
    .map(({ name, held }) => [name, ...held.flatMap(({ resources }) => resources)])
    .sort();

/** The names of the functions that the function may invoke. */
export const invokedBy = (name: string): string[] =>
  statementsOf(name, 'lambda:InvokeFunction')
    .flatMap(({ resources }) => resources.map((arn) => String(arn.split(`:${PREFIX}`).at(-1))))
    .sort();

/** The key behind an alias, as permissions name it. */
export function keyOf(alias: string, of = template): string {
  const found = Object.values(resourcesOf(of, 'AWS::KMS::Alias')).find(
    ({ Properties }) => Properties.AliasName === `alias/${PREFIX}${alias}`,
  );
  return text(found!.Properties.TargetKeyId);
}

export const [boundaryId, { Properties: boundary }] = Object.entries(
  resourcesOf(template, 'AWS::IAM::ManagedPolicy'),
).find(([, { Properties }]) => Properties.ManagedPolicyName === `${PREFIX}boundary`)!;
