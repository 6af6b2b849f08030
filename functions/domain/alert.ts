// The alert schema: the finding, its severity and its entities.
import * as z from 'zod/mini';
import { Evidence } from './evidence.ts';
import { Account, Place, UNKNOWN_PLACE } from './place.ts';
import { EntityRef, Instant } from './reference.ts';

/** The kinds of entity that an alert can name. */
export const NamedKind = z.enum([
  'ip', // one address, or a range in CIDR notation
  'access-key',
  'iam-user',
  'iam-role',
  'root-user', // the root user of an account
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
  'resource', // anything else that has an ARN or an ID
]);

/** The kinds of entity, including the alert itself. An action's policy lists the kinds that it accepts as target. */
export const EntityKind = z.enum([
  ...NamedKind.options,
  'alert', // the alert itself: what tickets and notifications are about
]);
export type EntityKind = z.infer<typeof EntityKind>;

/** An entity that the alert names. An attacker may have written any text in it. */
export const Entity = z.strictObject({
  ref: EntityRef,
  kind: EntityKind,
  /** The identifier in AWS: address, key ID, user name, instance ID or ARN. */
  value: z.string().check(z.minLength(1), z.maxLength(2048)),
  /** The role of the entity: `actor` did it, `target` was affected, `related` is only mentioned. */
  part: z.enum(['actor', 'target', 'related']),
  /** JSONPaths of where the entity was found in the event. */
  foundAt: z.array(z.string().check(z.maxLength(512))).check(z.minLength(1), z.maxLength(20)),
  /**
   * Details from the event: `userType`, `subnetId`, `port`, ... Countermand chooses the names; the event supplies the
   * values.
   */
  attributes: z.record(z.string().check(z.maxLength(64)), z.string().check(z.maxLength(1024))),
  /**
   * Where the entity itself is, which may differ from the place of the alert. For an address, where it was seen; for an
   * IAM identity, its account and the region in which it was seen. Unknown in records of earlier versions.
   */
  place: z._default(Place, UNKNOWN_PLACE),
});
export type Entity = z.infer<typeof Entity>;

export const SeverityLabel = z.enum(['informational', 'low', 'medium', 'high', 'critical']);

export type SeverityLabel = z.infer<typeof SeverityLabel>;

export const isMoreSevere = (a: SeverityLabel, b: SeverityLabel): boolean => bySeverity(a, b) < 0;

/** Sorts the most severe first. */
export const bySeverity = (a: SeverityLabel, b: SeverityLabel): number =>
  SeverityLabel.options.indexOf(b) - SeverityLabel.options.indexOf(a);

/** Whether the label is high or critical. */
export const isSevere = (label: SeverityLabel): boolean => isMoreSevere(label, 'medium');

/** Where the suspicious traffic was seen. It decides which kind of block can help. */
export const Traffic = z.strictObject({
  layer: z.enum(['web', 'network', 'dns', 'aws-api', 'unknown']),
  direction: z.enum(['inbound', 'outbound', 'unknown']),
  /** Port on the account's side, or null if the event names none. */
  localPort: z.nullable(z.int().check(z.gte(0), z.lte(65535))),
  protocol: z.nullable(z.string().check(z.maxLength(32))),
});

export type Traffic = z.infer<typeof Traffic>;

/** The action of Countermand that explains an alert. */
export const Cause = z.strictObject({
  /** Both IDs are null if a role of this stack did it, but the action is not known. */
  incidentId: z.nullable(z.string()),
  actionId: z.nullable(z.string()),
  why: z.string().check(z.maxLength(300)),
});
export type Cause = z.infer<typeof Cause>;

/**
 * 1 for an alert that Countermand did not cause, plus one for each of its actions in the chain that led to the alert.
 * Defaults to 2 for a record without the field, so that nothing automatic happens about it.
 */
export const Generation = z._default(z.int().check(z.gte(1)), 2);

/** What the product says about its finding. Only an active finding needs anyone. */
export const FindingState = z.enum(['active', 'passed', 'resolved', 'suppressed', 'archived']);
export type FindingState = z.infer<typeof FindingState>;

export const Alert = z.strictObject({
  /** Derived from the finding's identity and episode: a redelivery of the same finding always has the same ID. */
  alertId: z.string().check(z.regex(/^al-[0-9a-z]{16}$/)),
  source: z.enum([
    'guardduty',
    'securityhub-asff',
    'securityhub-ocsf',
    'generic',
    'health',
    'inspector',
  ]),
  findingId: z.string().check(z.minLength(1), z.maxLength(512)),
  /** The finding type as the product names it, for example `UnauthorizedAccess:EC2/SSHBruteForce`. */
  type: z.string().check(z.minLength(1), z.maxLength(256)),
  title: z.string().check(z.maxLength(1024)),
  description: z.string().check(z.maxLength(4096)),
  severity: z.strictObject({ score: z.number().check(z.gte(0), z.lte(10)), label: SeverityLabel }),
  /** 12 digits, or `unknown` if the event names no account. */
  account: Account,
  region: Place.shape.region,
  firstSeenAt: z.nullable(Instant),
  lastSeenAt: z.nullable(Instant),
  updatedAt: z.nullable(Instant),
  /** How often the product has seen it. */
  count: z.int().check(z.gte(1)),
  /** True for sample findings that the product generated. */
  sample: z.boolean(),
  /** Closed in its product: archived, suppressed or resolved. */
  archived: z.boolean(),
  state: z._default(FindingState, 'active'),
  traffic: Traffic,
  /** Always contains `alert-1`, the alert itself. */
  entities: z.array(Entity).check(z.minLength(1), z.maxLength(100)),
  /**
   * What the event says beyond its entities: results, states, anomalies, signals. Absent in records of earlier
   * versions, which counts as none: a default would change what their proof covers.
   */
  evidence: z.optional(z.array(Evidence).check(z.maxLength(120))),
  /** Oddities of the event and how they were interpreted, for the person who assesses it. */
  notes: z.array(z.string().check(z.maxLength(512))).check(z.maxLength(50)),
  /** What changed since the last assessment of the same finding, one sentence each; empty for a new finding. */
  news: z._default(z.array(z.string().check(z.maxLength(512))).check(z.maxLength(10)), []),
  /** Set if our own action caused the alert. Nothing automatic happens about it then (promise 7). */
  causedBy: z._default(z.nullable(Cause), null),
  generation: Generation,
  /**
   * Intake's proof of everything above. Absent in records of earlier versions: nothing automatic happens about those.
   */
  proof: z._default(z.nullable(z.string().check(z.maxLength(2048))), null),
});
export type Alert = z.infer<typeof Alert>;

/** The part of an alert that comes from the event; the rest comes from our own records. */
export const Reported = z.omit(Alert, {
  alertId: true,
  news: true,
  causedBy: true,
  generation: true,
  proof: true,
});
export type Reported = z.infer<typeof Reported>;

/**
 * Attribute of a caller from another account: whether its account belongs to your organization (`true`, `false` or
 * `unknown`).
 */
export const AFFILIATED = 'affiliated';

/**
 * Attribute of the alert entity, set by the parser from the structure of the finding: its product found a failed check
 * or a vulnerability, and no activity.
 */
export const POSTURE = 'posture';
export type Posture = 'configuration' | 'vulnerability';

/** Whether the finding only reports posture. The text of the type is no evidence: an attack may carry any type. */
export const isPosture = ({
  entities,
}: {
  entities: readonly Pick<Entity, 'kind' | 'attributes'>[];
}): boolean => entities.some(({ kind, attributes }) => kind === 'alert' && POSTURE in attributes);

/** Whether anyone may be paged about the alert: never for a low severity, and never for posture. */
export const mayPage = (alert: Pick<Alert, 'severity' | 'entities'>): boolean =>
  isMoreSevere(alert.severity.label, 'low') && !isPosture(alert);

/** The instances whose packets were seen. Empty for DNS and AWS API calls, where no packet of an instance was seen. */
export const instancesSeen = ({
  traffic,
  entities,
}: Pick<Alert, 'traffic' | 'entities'>): Entity[] =>
  traffic.layer === 'dns' || traffic.layer === 'aws-api'
    ? []
    : entities.filter(({ kind, part }) => kind === 'instance' && part !== 'related');
