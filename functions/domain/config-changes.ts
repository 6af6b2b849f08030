// Changes of a resource that AWS Config recorded, reduced by code.
import * as z from 'zod/mini';
import { Count, Instant } from './reference.ts';

/** The parts of a configuration that have a name here. No text of AWS Config is stored. */
export const ConfigPart = z.enum([
  'ACL',
  'CORS',
  'IAM authentication',
  'IMDS options',
  'access logging',
  'attached policies',
  'backup retention',
  'bucket policy',
  'code',
  'concurrency',
  'deletion protection',
  'encryption',
  'engine version',
  'environment variables',
  'groups',
  'handler',
  'image',
  'inbound rules',
  'inline policies',
  'instance profiles',
  'instance type',
  'key pair',
  'layers',
  'lifecycle',
  'master user',
  'network',
  'network interfaces',
  'notifications',
  'object lock',
  'outbound rules',
  'parameter groups',
  'permissions boundary',
  'port',
  'public access',
  'public access block',
  'public address',
  'replication',
  'resource policy',
  'role',
  'runtime',
  'security groups',
  'source/destination check',
  'state',
  'tags',
  'trust policy',
  'versioning',
  'volumes',
  'website',
]);
export type ConfigPart = z.infer<typeof ConfigPart>;

/** What a change did, where the values before and after decide. */
export const ConfigEffect = z.enum([
  'IMDSv1 allowed',
  'IMDSv1 no longer allowed',
  'got a public address',
  'lost its public address',
  'role attached',
  'role removed',
  'public access block complete',
  'public access block incomplete',
  'bucket policy added',
  'bucket policy removed',
  'AdministratorAccess attached',
  'AdministratorAccess detached',
  'public access allowed',
  'public access no longer allowed',
]);
export type ConfigEffect = z.infer<typeof ConfigEffect>;

/** `tcp 22`, `udp 1000-2000`, `protocol icmp` or `everything`: the first few. */
const Reach = z
  .array(
    z
      .string()
      .check(
        z.regex(
          /^(?:everything|protocol (?:icmp|icmpv6|\d{1,3})|(?:tcp|udp) \d{1,5}(?:-\d{1,5})?)$/,
        ),
      ),
  )
  .check(z.maxLength(5));

/** A record of AWS Config, compared with the record before. */
export const ConfigChange = z.strictObject({
  at: Instant,
  /** The security group of the instance that changed; null if it is the entity itself. */
  group: z.nullable(z.string().check(z.regex(/^sg-[\da-f]{8,17}$/))),
  /** `discovered` is the first record of it: it is new, or was not recorded before. */
  status: z.enum(['discovered', 'changed', 'deleted']),
  /** Null if there is no readable record before it. Empty if it was discovered or deleted. */
  parts: z.nullable(z.array(ConfigPart).check(z.maxLength(8))),
  /** How many more parts changed. */
  otherParts: Count,
  /** What a security group lets everyone reach since, and no longer. */
  opened: Reach,
  closed: Reach,
  effects: z.array(ConfigEffect).check(z.maxLength(8)),
});
export type ConfigChange = z.infer<typeof ConfigChange>;

export const MAX_CONFIG_CHANGES = 5;

export const ConfigChanges = z.strictObject({
  from: Instant,
  to: Instant,
  /** Whether every record of the time was read. */
  isComplete: z.boolean(),
  /** Those with effects first, then the latest. */
  changes: z.array(ConfigChange).check(z.minLength(1), z.maxLength(MAX_CONFIG_CHANGES)),
  /** How many more records there are. */
  others: Count,
});
export type ConfigChanges = z.infer<typeof ConfigChanges>;
