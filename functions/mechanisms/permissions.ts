// IAM permissions as data. Every wildcard has a reason.
import type { IpSet } from '../domain/ip-set.ts';
import { OPT_IN } from '../domain/opt-in.ts';

/** One resource by its ARN, or a wildcard with the reason why no narrower ARN is possible. */
export type Resource = string | { pattern: string; reason: string };

export type Permission = {
  /** Statement ID: letters and digits, unique within the list. */
  sid: string;
  effect?: 'allow' | 'deny';
  /** Limits the statement to one of the scope's two roles. */
  only?: 'execute' | 'reverse';
  actions: readonly string[];
  /** A statement without resources is left out. */
  resources: readonly Resource[];
  conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
};

/** The values that permissions and environments refer to. ARNs may contain deploy-time tokens. */
export type DeployedStack = {
  partition: string;
  region: string;
  account: string;
  /** Prefix of the names of the stack's functions and roles. */
  prefix: string;
  ipSets: readonly (IpSet & { arn: string })[];
  flowLogs: { logGroupName: string; deliveryRoleArn: string };
  denyAllPolicyArn: string;
  /** ARNs of the IAM users that policy protects. */
  protectedUserArns: readonly string[];
  teamTopicArn: string;
  pageKeyArn: string;
  mailFrom: string;
  /** The email addresses of the people of policy. */
  mailTo: readonly string[];
  mailConfigurationSet: string;
  /** ARN of the number, pool or sender ID that sends texts; empty without SMS. */
  textsFrom: readonly string[];
  secretArns: Readonly<Record<'mail' | 'messages' | 'tickets', readonly string[]>>;
  /** JSON of a value that may contain deploy-time tokens. */
  toJson: (value: unknown) => string;
};

export type Permissions = (stack: DeployedStack) => readonly Permission[];

/** Extra environment variables of a scope's functions: name to value. */
export type Environment = (stack: DeployedStack) => Readonly<Record<string, string>>;

/** @example every('arn:aws:iam::111122223333:user/*', 'An alert may be about any user') */
export const every = (pattern: string, reason: string): Resource => ({ pattern, reason });

/** Conditions of executors that need the owner's opt-in. Reversers don't, so that a removed tag strands no undo. */
export const optedIn = {
  StringEquals: { [`aws:ResourceTag/${OPT_IN.key}`]: OPT_IN.value },
};

/** An ARN in the stack's partition, region and account. @example arnIn(stack, 'ssm', 'opsitem/*') */
export const arnIn = (
  { partition, region, account }: Pick<DeployedStack, 'partition' | 'region' | 'account'>,
  service: string,
  resource: string,
): string => `arn:${partition}:${service}:${region}:${account}:${resource}`;

/** An ARN of IAM, which has no region. */
export const iamArn = (
  { partition, account }: Pick<DeployedStack, 'partition' | 'account'>,
  resource: string,
): string => `arn:${partition}:iam::${account}:${resource}`;

/** Every user, because an alert may be about any of them. */
export const everyUser = (stack: Pick<DeployedStack, 'partition' | 'account'>): Resource =>
  every(
    iamArn(stack, 'user/*'),
    'An alert may be about any user; service accounts and protected users are denied',
  );

/** Denies `action` on service accounts and on users that are protected by tag or by policy. */
export function neverOnProtectedUsers(stack: DeployedStack, action: string): Permission[] {
  const deny = { effect: 'deny', actions: [action] } as const;
  const tagged = (tag: string, value: string | readonly string[]) => ({
    StringEqualsIgnoreCase: { [`iam:ResourceTag/${tag}`]: value },
  });
  return [
    {
      ...deny,
      sid: 'NeverServiceAccountsByPath',
      resources: [iamArn(stack, 'user/service/*'), iamArn(stack, 'user/service-accounts/*')],
    },
    {
      ...deny,
      sid: 'NeverServiceAccountsByTag',
      resources: [iamArn(stack, 'user/*')],
      conditions: tagged('account-type', ['service', 'service-account']),
    },
    {
      ...deny,
      sid: 'NeverTaggedAsProtected',
      resources: [iamArn(stack, 'user/*')],
      conditions: tagged('countermand', 'protected'),
    },
    { ...deny, sid: 'NeverProtectedByPolicy', resources: stack.protectedUserArns },
  ];
}

/** The wildcards of a list with their reasons. Throws if an allowed wildcard has no reason. */
export function wildcardsIn(permissions: readonly Permission[]) {
  return permissions
    .filter(({ effect }) => effect !== 'deny')
    .flatMap(({ sid, actions, resources }) =>
      resources.flatMap((resource) => {
        if (typeof resource !== 'string') return [{ actions, ...resource }];
        if (resource.includes('*'))
          throw new Error(`${sid}: ${resource} is a wildcard without a reason: use every()`);
        return [];
      }),
    );
}
