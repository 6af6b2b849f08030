// The permissions of mechanisms, in terms of one stack.
import { ArnFormat } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { DEPLOYMENT } from '../functions/mechanisms/deployment.ts';
import type { DeployedStack, Permission } from '../functions/mechanisms/permissions.ts';
import { SCOPES, type Scope } from '../functions/mechanisms/registry.ts';
import { secretsIn } from '../functions/policy/schemas/channels.ts';
import type { StackContext } from './stack-context.ts';

/**
 * ARN of a secret given by name or ARN. A name gets `-??????`, since Secrets Manager adds six random characters.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
 */
export const secretArn = ({ stack }: StackContext, name: string): string =>
  name.startsWith('arn:')
    ? name
    : stack.formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: `${name}-??????`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });

/** The stack's values that the permissions of mechanisms refer to. */
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
    pageKeyArn: s.pageKeyArn,
    mailFrom: s.settings.mailFrom,
    mailTo: s.mailTo,
    mailConfigurationSet: s.mailConfigurationSet,
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

/** Identifies one of a scope's two roles. */
export type MechanismRole = { scope: Scope; step: 'execute' | 'reverse' };

/** Permissions of the scope's mechanisms in this role. */
export const permissionsOf = (s: StackContext, { scope, step }: MechanismRole): Permission[] =>
  DEPLOYMENT[scope]
    .permissions(deployedStack(s))
    .filter(({ resources, only }) => resources.length > 0 && (only ?? step) === step);

/** What the world check may do to read the lists of every scope. */
export const worldPermissionsOf = (s: StackContext): Permission[] =>
  SCOPES.flatMap((scope) => DEPLOYMENT[scope].world?.(deployedStack(s)) ?? []).filter(
    ({ resources }) => resources.length > 0,
  );

export const statementsOf = (permissions: readonly Permission[]): PolicyStatement[] =>
  permissions.map(
    ({ sid, effect, actions, resources, conditions }) =>
      new PolicyStatement({
        sid,
        effect: effect === 'deny' ? Effect.DENY : Effect.ALLOW,
        actions: [...actions],
        resources: resources.map((one) => (typeof one === 'string' ? one : one.pattern)),
        ...(conditions && { conditions }),
      }),
  );

/** ARNs of the users that policy protects by name. Roles are denied them, in case the gate has a bug. */
function protectedUsers({ stack, protectedTargets }: StackContext): string[] {
  const names = protectedTargets
    .filter(({ kinds }) => kinds?.includes('iam-user') ?? true)
    .flatMap(({ values = [] }) => values);
  const user = (resourceName: string) =>
    stack.formatArn({ service: 'iam', region: '', resource: 'user', resourceName });
  // A user's ARN has the IAM path before the name. A leading `*` matches the path too.
  return names.flatMap((name) => {
    if (name.startsWith('arn:')) return name;
    return name.startsWith('*') ? user(name) : [user(name), user(`*/${name}`)];
  });
}
