// An alert in our own form: what fired, how bad it is, and the entities that code found in it.
import * as z from 'zod';

/** ISO 8601 UTC, for example `2026-11-24T03:00:00.000Z`. */
export const Instant = z.iso.datetime();
export type Instant = z.infer<typeof Instant>;

/** What kinds of thing an alert can be about. An action's policy names the kinds it accepts as target. */
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

/** `ip-1`, `key-2`, ...: the only way in which a recommendation can name its target. */
export const EntityRef = z.string().regex(/^[a-z]+(-[a-z]+)*-[1-9][0-9]{0,2}$/);
export type EntityRef = z.infer<typeof EntityRef>;

/** Something named by the alert. All text in it may have been written by an attacker. */
export const Entity = z.strictObject({
  ref: EntityRef,
  kind: EntityKind,
  /** The identifier that AWS knows it by: address, key id, user name, instance id, ARN. */
  value: z.string().min(1).max(2048),
  /** Whose side it is on: `actor` did it, `target` suffered it, `related` is mentioned. */
  part: z.enum(['actor', 'target', 'related']),
  /** JSONPaths into the event, where it was found. */
  foundAt: z.array(z.string().max(512)).min(1).max(20),
  /** What the event says about it: `userType`, `subnetId`, `port`, ... Names are ours, values the event's. */
  attributes: z.record(z.string().max(64), z.string().max(1024)),
});
export type Entity = z.infer<typeof Entity>;

export const SeverityLabel = z.enum(['informational', 'low', 'medium', 'high', 'critical']);

/** Where the suspicious traffic was seen; it decides which kind of block can help. */
export const Traffic = z.strictObject({
  layer: z.enum(['web', 'network', 'dns', 'aws-api', 'unknown']),
  direction: z.enum(['inbound', 'outbound', 'unknown']),
  /** Port on our side, or null when the event names none. */
  localPort: z.int().min(0).max(65535).nullable(),
  protocol: z.string().max(32).nullable(),
});

/** Our own action, where it is what explains an alert. */
export const Cause = z.strictObject({
  /** Null where it was one of our roles, and which action it acted for is not known. */
  incidentId: z.string().nullable(),
  actionId: z.string().nullable(),
  why: z.string().max(300),
});
export type Cause = z.infer<typeof Cause>;

/**
 * 1, and one more for each of our own actions in the chain that led to it. Where it is not on record there may have been
 * one: then nothing about it happens by itself.
 */
export const Generation = z.int().min(1).default(2);

export const Alert = z.strictObject({
  /** Derived from source, account, region, finding id, type and episode, so that the same finding has the same id. */
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
  /** The product's name of the type, for example `UnauthorizedAccess:EC2/SSHBruteForce`. */
  type: z.string().min(1).max(256),
  title: z.string().max(1024),
  description: z.string().max(4096),
  severity: z.strictObject({ score: z.number().min(0).max(10), label: SeverityLabel }),
  /** 12 digits, or `unknown` when the event does not say. */
  account: z.union([z.string().regex(/^\d{12}$/), z.literal('unknown')]),
  region: z.string().min(1).max(32),
  firstSeenAt: Instant.nullable(),
  lastSeenAt: Instant.nullable(),
  updatedAt: Instant.nullable(),
  /** How often the product has seen it. */
  count: z.int().min(1),
  /** True for findings that a product generated as samples. */
  sample: z.boolean(),
  archived: z.boolean(),
  traffic: Traffic,
  /** Always holds `alert-1`, the alert itself. */
  entities: z.array(Entity).min(1).max(100),
  /** What was odd about the event and how it was read, for the person who has to judge it. */
  notes: z.array(z.string().max(512)).max(50),
  /** Promise 7: set where our own action caused it. Nothing about it happens by itself then. */
  causedBy: Cause.nullable().default(null),
  generation: Generation,
});
export type Alert = z.infer<typeof Alert>;

/** What the event itself says; the rest comes from our own records. */
export const Reported = Alert.omit({ alertId: true, causedBy: true, generation: true });
export type Reported = z.infer<typeof Reported>;

/** The instances whose packets were seen; none where the traffic was no packet of theirs, but a name or an API call. */
export const instancesSeen = ({
  traffic,
  entities,
}: Pick<Alert, 'traffic' | 'entities'>): Entity[] =>
  traffic.layer === 'dns' || traffic.layer === 'aws-api'
    ? []
    : entities.filter(({ kind, part }) => kind === 'instance' && part !== 'related');
