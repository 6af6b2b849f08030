// Maps resource types of products to entity kinds, and ARNs to names.
import type { EntityKind } from '../domain/alert.ts';

/**
 * Matched against the end of the type: `AWS::EC2::Instance`, `AwsEc2Instance`, `Ec2Instance` and `EC2_INSTANCE` all
 * occur.
 */
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

/** `resource` for a type without an entity kind. */
export function kindOfType(type: string | null | undefined): EntityKind {
  const letters = type?.toLowerCase().replace(/[^a-z0-9]/g, '') ?? '';
  return KINDS.find(([pattern]) => pattern.test(letters))?.[1] ?? 'resource';
}

/** An account is where something happened, not a target. */
export const isAccount = (type: string | null | undefined): boolean => /account$/i.test(type ?? '');

/** Kinds that keep their full ARN. AWS APIs identify all others by the last part of the ARN. */
const BY_ARN: readonly EntityKind[] = ['resource', 'workload'];

/** The version or alias at the end of a function's ARN; undefined if the ARN names neither. */
export const versionFromArn = (
  kind: EntityKind,
  id: string | null | undefined,
): string | undefined =>
  kind === 'function' ? /:function:[^:]+:([^:]+)$/.exec(id ?? '')?.[1] : undefined;

/** The last part of `arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc` or `AWS::IAM::AccessKey:AKIA...`. */
export function nameFromArn(kind: EntityKind, id: string | null | undefined): string | null {
  if (!id || BY_ARN.includes(kind)) return id ?? null;
  // The ARN of a function may end in a version or an alias.
  const [, functionName] = (kind === 'function' && /:function:([^:]+)/.exec(id)) || [];
  if (functionName) return functionName;
  const last = id.split(/[:/]/).filter(Boolean).at(-1) ?? null;
  // Security Hub writes "null" if the finding has no access key.
  return last === 'null' ? null : last;
}
