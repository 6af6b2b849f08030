// Facts about each entity. An unreadable fact is `unknown`, with the reason.
import * as z from 'zod/mini';
import { Parameters } from './action.ts';
import { Activity } from './activity.ts';
import { Citable, MAX_CITABLE } from './citable.ts';
import { ConfigChanges } from './config-changes.ts';
import { DeclaredScanner } from './declared-scanner.ts';
import { Flows } from './flows.ts';
import { EntityRef, Instant } from './reference.ts';
import { ResourceChanges } from './resource-changes.ts';
import { ReverseDns } from './reverse-dns.ts';

/** A value that was read, or the reason why it could not be read. */
export const fact = <T extends z.ZodMiniType>(value: T) =>
  z.discriminatedUnion('known', [
    z.strictObject({ known: z.literal(true), value }),
    z.strictObject({ known: z.literal(false), why: z.string().check(z.maxLength(300)) }),
  ]);
export type Fact<T> = { known: true; value: T } | { known: false; why: string };

export const known = <T>(value: T): Fact<T> => ({ known: true, value });
export const unknown = (why: string): Fact<never> => ({ known: false, why });
/** The value that was read; undefined if it is unknown, or absent in records of earlier versions. */
export const knownOf = <T>(fact: Fact<T> | undefined): T | undefined =>
  fact?.known ? fact.value : undefined;
/** Derives one fact from another. An unknown fact stays unknown for the same reason. */
export const mapFact = <A, B>(from: Fact<A>, follows: (value: A) => B): Fact<B> =>
  from.known ? known(follows(from.value)) : from;

/** Requests from one address that AWS WAF sampled in the last hours: evidence for people, never input of a rule. */
export const SeenOnWeb = z.strictObject({
  /** A lower bound: AWS WAF samples. */
  requests: z.int().check(z.gte(0)),
  lastAt: z.nullable(Instant),
  /** Method and path of the latest request. An attacker may have written them. */
  example: z.nullable(z.string().check(z.maxLength(200))),
  /** The number of sampled requests from all addresses, and the number of requests they were sampled from. */
  sampled: z.int().check(z.gte(0)),
  population: z.int().check(z.gte(0)),
  from: Instant,
  to: Instant,
});
export type SeenOnWeb = z.infer<typeof SeenOnWeb>;

/** Facts about an address, from the address itself, published ranges, policy, and sampled web requests. */
export const AddressFacts = z.strictObject({
  /** The address or range in CIDR notation, `203.0.113.7/32`; unknown if it is not an address. */
  cidr: fact(z.string()),
  family: fact(z.enum(['ipv4', 'ipv6'])),
  /** True for /32 and /128: exactly one host. */
  singleHost: fact(z.boolean()),
  /** IANA special-purpose name (`private`, `loopback`, `documentation`, ...) or `unicast` for public space. */
  range: fact(z.string()),
  /** AWS services that publish the address, without EC2, whose addresses belong to its customers. */
  awsServices: fact(z.array(z.string())),
  /**
   * The resource of this account that has the address, in words; null if none. Unknown for ranges wider than one host.
   */
  ownedBy: fact(z.nullable(z.string().check(z.maxLength(200)))),
  seenOnWeb: fact(SeenOnWeb),
  /** In records of earlier versions. Now it is `scanner` of the entity. */
  scanner: z.optional(DeclaredScanner),
});

const InForce = z.strictObject({
  name: z.string(),
  actionId: z.string(),
  effect: z.nullable(z.strictObject({ mechanism: z.string(), parameters: Parameters })),
});
export type InForce = z.infer<typeof InForce>;

/** Facts from our own records. */
export const HistoryFacts = z.strictObject({
  /** IDs of earlier incidents that named this entity, newest first. */
  earlierIncidents: fact(z.array(z.string()).check(z.maxLength(20))),
  /** Our actions on it that are in force, with their exact effect. */
  inForce: fact(z.array(InForce).check(z.maxLength(20))),
  /** How many of our actions on it a person reversed early. */
  reversedByPeople: fact(z.int()),
  /** How many proposals about it were declined. */
  declined: fact(z.int()),
});

/** The first IDs, and the total count. */
const listed = z.strictObject({ ids: z.array(z.string()).check(z.maxLength(50)), count: z.int() });
const rulesUsed = z.strictObject({ ipv4: z.int(), ipv6: z.int() });

export const NetworkAclFacts = z.strictObject({
  networkAclId: z.string(),
  /** The default ACL of the VPC, which applies to every subnet that is not associated with another ACL. */
  isDefault: z.boolean(),
  vpcId: z.string(),
  /** Everything that a rule of this ACL affects: subnets, instances, and network interfaces of other resources. */
  subnets: listed,
  instances: listed,
  otherInterfaces: z.int(),
  /** Rules in use by direction and family, including the final default deny rule. */
  rules: z.strictObject({ ingress: rulesUsed, egress: rulesUsed }),
  /** Whether it carries the opt-in tag. Absent in records of earlier versions, which counts as no. */
  optedIn: z.optional(z.boolean()),
});
export type NetworkAclFacts = z.infer<typeof NetworkAclFacts>;

/** Facts about a user, an access key (and its user) or a role of this account, read from IAM when the alert arrived. */
export const IdentityFacts = z.strictObject({
  /** Whether path or tags mark it as a service account; for a role, whether a service may assume it. */
  serviceAccount: fact(z.boolean()),
  /** The first few tags. */
  tags: fact(z.record(z.string(), z.string())),
  groups: fact(z.array(z.string())),
  consoleAccess: fact(z.boolean()),
  mfa: fact(z.boolean()),
  /** Of the access key, if the entity is one; null if it was never used. */
  lastUsed: fact(
    z.nullable(
      z.strictObject({ service: z.string(), region: z.nullable(z.string()), at: Instant }),
    ),
  ),
  /** `Active` or `Inactive` for an access key; null for users and roles. */
  status: fact(z.nullable(z.string())),
  /** When the user, key or role was created. */
  createdAt: z._default(fact(Instant), unknown('it was not read')),
  /** Managed policies of the user, its groups, or the role. Absent in records of earlier versions. */
  access: z.optional(fact(z.strictObject({ isAdministrator: z.boolean(), policies: z.int() }))),
  /** How many keys of the user are active, this one included. Absent for roles, and in records of earlier versions. */
  activeKeys: z.optional(fact(z.int())),
});
export type IdentityFacts = z.infer<typeof IdentityFacts>;

/**
 * What the security groups of an instance let in. A network ACL, a route or a missing public address may still stop it.
 */
export const Inbound = z.strictObject({
  /** What anyone may reach, such as `tcp 443`, `udp 1000-2000` or `everything`. */
  fromAnywhere: z.array(z.string().check(z.maxLength(30))).check(z.maxLength(20)),
  /**
   * Null if the alert names no port of the instance. `isOpen` is null where a prefix list decides, or where a rule lets
   * an attacker's network in, but not everyone.
   */
  attackedPort: z.nullable(z.strictObject({ port: z.int(), isOpen: z.nullable(z.boolean()) })),
});
export type Inbound = z.infer<typeof Inbound>;

/** Facts about an instance of this account, read from AWS when the alert arrived. */
export const InstanceFacts = z.strictObject({
  /** The ACLs of the subnets that its network interfaces are in. */
  networkAcls: fact(z.array(NetworkAclFacts).check(z.maxLength(8))),
  /** The first few tags. */
  tags: fact(z.record(z.string(), z.string())),
  /** Whether it forwards packets that are not addressed to it, as a NAT instance or router does. */
  forwards: z._default(fact(z.boolean()), unknown('it was not read')),
  /** Its network interfaces now, the primary one first. */
  interfaceIds: z._default(
    fact(z.array(z.string()).check(z.maxLength(15))),
    unknown('it was not read'),
  ),
  /** How exposed it is. Null for what EC2 doesn't say. Absent in records of earlier versions. */
  exposure: z.optional(
    fact(
      z.strictObject({
        /** Whether credentials of its role can be read without a session token, as server-side request forgery does. */
        allowsImdsV1: z.nullable(z.boolean()),
        hasRole: z.boolean(),
        isPublic: z.boolean(),
        launchedAt: z.nullable(Instant),
        securityGroups: z.array(z.string().check(z.maxLength(64))).check(z.maxLength(20)),
      }),
    ),
  ),
  /** Absent in records of earlier versions. */
  inbound: z.optional(fact(Inbound)),
});
export type InstanceFacts = z.infer<typeof InstanceFacts>;

/** Facts about a Lambda function of this account. */
export const FunctionFacts = z.strictObject({
  /** The first few tags. */
  tags: fact(z.record(z.string(), z.string())),
});
export type FunctionFacts = z.infer<typeof FunctionFacts>;

/** In `protectedBy`, in place of a rule ID: one of the eligible approvers uses the address. */
export const APPROVER_ADDRESS = 'approver-address';

export const EntityFacts = z.strictObject({
  ref: EntityRef,
  /** The ID of the rule in protected.yaml that covers it, or `approver-address`, or null. */
  protectedBy: fact(z.nullable(z.string())),
  history: HistoryFacts,
  /** Present exactly for entities of kind `ip`. */
  address: z.nullable(AddressFacts),
  /** Present exactly for entities of kind `instance`. */
  instance: z.nullable(InstanceFacts),
  /** Present exactly for entities of kind `function`. */
  lambda: z._default(z.nullable(FunctionFacts), null),
  /** Whether a function, API key or user pool carries the opt-in tag. Absent for others, and in earlier records. */
  optedIn: z.optional(fact(z.boolean())),
  /** Present exactly for IAM users, access keys and roles. */
  identity: z.nullable(IdentityFacts),
  /** What CloudTrail lists about a key or a user. Absent for others, and in records of earlier versions. */
  activity: z.optional(fact(Activity)),
  /** Write calls in CloudTrail that named a resource. Absent for others, and in records of earlier versions. */
  changes: z.optional(fact(ResourceChanges)),
  /** What VPC flow logs record about a host. Absent for others, and in records of earlier versions. */
  flows: z.optional(fact(Flows)),
  /** Records of AWS Config about a resource. Absent for others, without the policy for it, and in earlier records. */
  configChanges: z.optional(fact(ConfigChanges)),
  /** The scanner of policy at an address, instance or role, or null. Absent if policy declares none. */
  scanner: z.optional(fact(z.nullable(DeclaredScanner))),
  /** The names of an address of an actor. Absent if they were not looked up. */
  reverseDns: z.optional(fact(ReverseDns)),
  /** The ID of the planned-work window that covers it now, or null. */
  plannedWork: z.nullable(z.string()),
});
export type EntityFacts = z.infer<typeof EntityFacts>;

/** The scanner that policy declares there; null if there is none, or if it is unknown. */
export const scannerIn = ({ scanner, address }: EntityFacts): DeclaredScanner | null =>
  (scanner?.known ? scanner.value : address?.scanner) ?? null;

/** Whether a resource of this account has the address. False if that is unknown. */
export const isOurs = ({ address }: EntityFacts): boolean =>
  address?.ownedBy.known === true && address.ownedBy.value !== null;

export const Facts = z.strictObject({
  readAt: Instant,
  /** State of the account's change calendars; `none` if policy names none. */
  calendar: fact(z.enum(['open', 'closed', 'none'])),
  entities: z.array(EntityFacts),
  /** The lines of the dossier that the analysis may cite. Absent if no analysis was asked, and in earlier records. */
  citable: z.optional(z.array(Citable).check(z.maxLength(MAX_CITABLE))),
});
export type Facts = z.infer<typeof Facts>;
