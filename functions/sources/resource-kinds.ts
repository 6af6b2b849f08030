// What kind of thing a product's resource type names, and how AWS knows such a thing.
import type { EntityKind } from '../domain/alert.ts';

/** By what the type contains: `AWS::EC2::Instance`, `AwsEc2Instance`, `Ec2Instance` and `EC2_INSTANCE` all occur. */
const KINDS: readonly (readonly [RegExp, EntityKind])[] = [
  [/ec2instance$/, 'instance'],
  [/networkinterface$/, 'network-interface'],
  [/s3bucket$/, 'bucket'],
  [/accesskey$/, 'access-key'],
  [/iamuser$/, 'iam-user'],
  [/iamrole$/, 'iam-role'],
  [/lambdafunction$/, 'function'],
  [/(eks|ecs)cluster$/, 'cluster'],
  [/(container|task|pod|workload)$/, 'workload'],
  [/dbinstance$/, 'database'],
];

/** `resource` for a type that has no kind of its own. */
export function kindOfType(type: string | null | undefined): EntityKind {
  const letters = type?.toLowerCase().replace(/[^a-z0-9]/g, '') ?? '';
  return KINDS.find(([pattern]) => pattern.test(letters))?.[1] ?? 'resource';
}

/** The account is where something happened, not a thing to act on. */
export const isAccount = (type: string | null | undefined): boolean => /account$/i.test(type ?? '');

/** Kinds that AWS's interfaces name by the last part of the ARN. Whatever else there is keeps its ARN. */
const BY_ARN: readonly EntityKind[] = ['resource', 'workload'];

/** `arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc` and `AWS::IAM::AccessKey:AKIA...` by their last part. */
export function nameOf(kind: EntityKind, id: string | null | undefined): string | null {
  if (!id || BY_ARN.includes(kind)) return id ?? null;
  // A function's ARN may end in a version or an alias.
  const [, functionName] = (kind === 'function' && /:function:([^:]+)/.exec(id)) || [];
  if (functionName) return functionName;
  const last = id.split(/[:/]/).filter(Boolean).at(-1) ?? null;
  // Security Hub writes this where the finding has no key.
  return last === 'null' ? null : last;
}
