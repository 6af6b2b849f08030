// The alert schema: what was detected, how severe it is, and its entities.
import * as z from 'zod';

/** ISO 8601 UTC, for example `2026-11-24T03:00:00.000Z`. */
export const Instant = z.iso.datetime();
export type Instant = z.infer<typeof Instant>;

/** The kinds of entity an alert can name. An action's policy lists the kinds that it accepts as target. */
export const EntityKind = z.enum([
  'ip', // one address, or a range in CIDR notation
  'access-key',
  'iam-user',
  'iam-role',
  'cognito-user',
  'api-key', // API Gateway
  'instance',
  'network-interface',
  'function', // Lambda
  'bucket',
  'database',
  'cluster',
  'workload', // container, pod or task
  'domain',
  'email-message',
  'resource', // anything else that has an ARN or an id
  'alert', // the alert itself: what tickets and notifications are about
]);
export type EntityKind = z.infer<typeof EntityKind>;

/** `ip-1`, `key-2`, ...: a recommendation can name its target only by such a reference. */
export const EntityRef = z.string().regex(/^[a-z]+(-[a-z]+)*-[1-9][0-9]{0,2}$/);
export type EntityRef = z.infer<typeof EntityRef>;

/** An entity that the alert names. An attacker may have written any text in it. */
export const Entity = z.strictObject({
  ref: EntityRef,
  kind: EntityKind,
  /** The identifier in AWS: address, key ID, user name, instance ID or ARN. */
  value: z.string().min(1).max(2048),
  /** The role of the entity: `actor` did it, `target` suffered it, `related` is only mentioned. */
  part: z.enum(['actor', 'target', 'related']),
  /** JSONPaths of where the entity was found in the event. */
  foundAt: z.array(z.string().max(512)).min(1).max(20),
  /**
   * Details from the event: `userType`, `subnetId`, `port`, ... Countermand chooses the names; the event supplies the
   * values.
   */
  attributes: z.record(z.string().max(64), z.string().max(1024)),
});
export type Entity = z.infer<typeof Entity>;

export const SeverityLabel = z.enum(['informational', 'low', 'medium', 'high', 'critical']);

/** Where the suspicious traffic was seen. It decides which kind of block can help. */
export const Traffic = z.strictObject({
  layer: z.enum(['web', 'network', 'dns', 'aws-api', 'unknown']),
  direction: z.enum(['inbound', 'outbound', 'unknown']),
  /** Port on the account's side, or null if the event names none. */
  localPort: z.int().min(0).max(65535).nullable(),
  protocol: z.string().max(32).nullable(),
});

/** The action of Countermand's that explains an alert. */
export const Cause = z.strictObject({
  /** Both IDs are null if a role of this stack did it, but the action is not known. */
  incidentId: z.string().nullable(),
  actionId: z.string().nullable(),
  why: z.string().max(300),
});
export type Cause = z.infer<typeof Cause>;

/**
 * 1 for an alert that no action of Countermand's led to, plus one for every such action in the chain. Defaults to 2 for
 * a record without the field, so that nothing automatic happens about it.
 */
export const Generation = z.int().min(1).default(2);

export const Alert = z.strictObject({
  /** Derived from source, account, region, finding ID, type and episode: the same finding always has the same ID. */
  alertId: z.string().regex(/^al-[0-9a-z]{16}$/),
  source: z.enum([
    'guardduty',
    'securityhub-asff',
    'securityhub-ocsf',
    'generic',
    'health',
    'inspector',
  ]),
  findingId: z.string().min(1).max(512),
  /** The finding type as the product names it, for example `UnauthorizedAccess:EC2/SSHBruteForce`. */
  type: z.string().min(1).max(256),
  title: z.string().max(1024),
  description: z.string().max(4096),
  severity: z.strictObject({ score: z.number().min(0).max(10), label: SeverityLabel }),
  /** 12 digits, or `unknown` if the event names no account. */
  account: z.union([z.string().regex(/^\d{12}$/), z.literal('unknown')]),
  region: z.string().min(1).max(32),
  firstSeenAt: Instant.nullable(),
  lastSeenAt: Instant.nullable(),
  updatedAt: Instant.nullable(),
  /** How often the product has seen it. */
  count: z.int().min(1),
  /** True for sample findings that the product generated. */
  sample: z.boolean(),
  archived: z.boolean(),
  traffic: Traffic,
  /** Always contains `alert-1`, the alert itself. */
  entities: z.array(Entity).min(1).max(100),
  /** Oddities of the event and how they were interpreted, for the person who assesses it. */
  notes: z.array(z.string().max(512)).max(50),
  /** Set if our own action caused the alert. Nothing automatic happens about it then (promise 7). */
  causedBy: Cause.nullable().default(null),
  generation: Generation,
});
export type Alert = z.infer<typeof Alert>;

/** The part of an alert that comes from the event; the rest comes from our own records. */
export const Reported = Alert.omit({ alertId: true, causedBy: true, generation: true });
export type Reported = z.infer<typeof Reported>;

/** The instances whose packets were seen. Empty for DNS and AWS API calls, where no packet of an instance was seen. */
export const instancesSeen = ({
  traffic,
  entities,
}: Pick<Alert, 'traffic' | 'entities'>): Entity[] =>
  traffic.layer === 'dns' || traffic.layer === 'aws-api'
    ? []
    : entities.filter(({ kind, part }) => kind === 'instance' && part !== 'related');
