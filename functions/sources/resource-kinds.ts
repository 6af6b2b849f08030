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
  [/(container|task|pod|pods|workload)$/, 'workload'],
  [/(dbinstance|dbcluster|dbshardgroup)$/, 'database'],
  [/apikey$/, 'api-key'],
];

/** `resource` for a type without an entity kind. */
export function kindOfType(type: string | null | undefined): EntityKind {
  const letters = type?.toLowerCase().replace(/[^a-z0-9]/g, '') ?? '';
  return KINDS.find(([pattern]) => pattern.test(letters))?.[1] ?? 'resource';
}

/**
 * The user or role in an IAM or STS ARN; undefined for any other text. The session is the last part of
 * `arn:aws:sts::111122223333:assumed-role/deploy/ana`.
 */
export function identityInArn(
  id: string | null | undefined,
): { kind: 'iam-user' | 'iam-role'; name: string; session?: string } | undefined {
  const [, type, path = ''] =
    /^arn:[a-z-]*:(?:iam|sts)::\d{0,12}:(user|role|assumed-role)\/(.+)$/.exec(id ?? '') ?? [];
  const parts = path.split('/');
  const last = parts.at(-1) ?? '';
  if (!type || !last) return undefined;
  if (type === 'user') return { kind: 'iam-user', name: last };
  if (type === 'role') return { kind: 'iam-role', name: last };
  return { kind: 'iam-role', name: parts[0] ?? last, ...(parts.length > 1 && { session: last }) };
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
  const identity = identityInArn(id);
  if (identity) return identity.name;
  // An ARN of a bucket may end in an object's key or a prefix.
  const [, bucket] = (kind === 'bucket' && /^arn:[a-z-]*:s3:[^:]*:[^:]*:([^/]+)/.exec(id)) || [];
  if (bucket) return bucket;
  const last = id.split(/[:/]/).filter(Boolean).at(-1) ?? null;
  // Security Hub writes "null" if the finding has no access key.
  return last === 'null' ? null : last;
}
