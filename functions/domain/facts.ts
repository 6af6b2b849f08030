// What enrichment knows of each entity. A fact that could not be read is `unknown` and says why; it is never absent.
import * as z from 'zod';
import { Parameters } from './action.ts';
import { EntityRef, Instant } from './alert.ts';

/** A value that was read, or the reason why it could not be. */
export const fact = <T extends z.ZodType>(value: T) =>
  z.discriminatedUnion('known', [
    z.strictObject({ known: z.literal(true), value }),
    z.strictObject({ known: z.literal(false), why: z.string().max(300) }),
  ]);
export type Fact<T> = { known: true; value: T } | { known: false; why: string };

export const known = <T>(value: T): Fact<T> => ({ known: true, value });
export const unknown = (why: string): Fact<never> => ({ known: false, why });
/** What follows from a fact is unknown for the same reason. */
export const mapFact = <A, B>(from: Fact<A>, follows: (value: A) => B): Fact<B> =>
  from.known ? known(follows(from.value)) : from;

/** What AWS WAF sampled of one address in the last hours: evidence for people, never the ground of a rule. */
export const SeenOnWeb = z.strictObject({
  /** At least so many. */
  requests: z.int().min(0),
  lastAt: Instant.nullable(),
  /** Method and path of the newest one: its sender's own words. */
  example: z.string().max(200).nullable(),
  /** How many requests of anybody the samples hold, and how many they were drawn from. */
  sampled: z.int().min(0),
  population: z.int().min(0),
  from: Instant,
  to: Instant,
});
export type SeenOnWeb = z.infer<typeof SeenOnWeb>;

/** Facts about an address, from the address itself, published ranges, policy, and what was seen of it. */
export const AddressFacts = z.strictObject({
  /** The address or range in its one normal form, `203.0.113.7/32`; unknown when it is not an address. */
  cidr: fact(z.string()),
  family: fact(z.enum(['ipv4', 'ipv6'])),
  /** True for /32 and /128: exactly one host. */
  singleHost: fact(z.boolean()),
  /** IANA special-purpose name (`private`, `loopback`, `documentation`, ...) or `unicast` for public space. */
  range: fact(z.string()),
  /** AWS services that publish the address as theirs, without EC2, whose addresses are rented to customers. */
  awsServices: fact(z.array(z.string())),
  /** What in this account has it, in words; null for nothing. Unknown for what is wider than one host. */
  ownedBy: fact(z.string().max(200).nullable()),
  seenOnWeb: fact(SeenOnWeb),
});

const InForce = z.strictObject({
  name: z.string(),
  actionId: z.string(),
  effect: z.strictObject({ mechanism: z.string(), parameters: Parameters }).nullable(),
});
export type InForce = z.infer<typeof InForce>;

/** Facts from our own records. */
export const HistoryFacts = z.strictObject({
  /** Ids of earlier incidents that named this entity, newest first. */
  earlierIncidents: fact(z.array(z.string()).max(20)),
  /** Our actions on it that are in force now, and what exactly each of them changed. */
  inForce: fact(z.array(InForce).max(20)),
  /** How many of our actions on it were reversed before their time by a person. */
  reversedByPeople: fact(z.int()),
  /** How many proposals about it people declined. */
  declined: fact(z.int()),
});

/** What there is of a kind: the first of their ids, and how many in all. */
const listed = z.strictObject({ ids: z.array(z.string()).max(50), count: z.int() });
const rulesUsed = z.strictObject({ ipv4: z.int(), ipv6: z.int() });

export const NetworkAclFacts = z.strictObject({
  networkAclId: z.string(),
  /** The ACL that the VPC came with: every subnet without one of its own is behind it. */
  isDefault: z.boolean(),
  vpcId: z.string(),
  /** All that a rule of this ACL touches: subnets, instances, and interfaces of anything else. */
  subnets: listed,
  instances: listed,
  otherInterfaces: z.int(),
  /** Rules in use, by direction and family, each with the last one, which denies the rest. */
  rules: z.strictObject({ ingress: rulesUsed, egress: rulesUsed }),
});
export type NetworkAclFacts = z.infer<typeof NetworkAclFacts>;

/** Facts about a user, a key (and its user) or a role of this account, read from IAM when the alert came. */
export const IdentityFacts = z.strictObject({
  /** Marked as one by path or tag; for a role, that a service may assume it. */
  serviceAccount: fact(z.boolean()),
  /** The first few. */
  tags: fact(z.record(z.string(), z.string())),
  groups: fact(z.array(z.string())),
  consoleAccess: fact(z.boolean()),
  mfa: fact(z.boolean()),
  /** Of the key itself where it is one; null where it never was. */
  lastUsed: fact(
    z.strictObject({ service: z.string(), region: z.string().nullable(), at: Instant }).nullable(),
  ),
  /** Of a key: `Active` or `Inactive`; null for users and roles. */
  status: fact(z.string().nullable()),
  /** When the user, key or role was made. */
  createdAt: fact(Instant).default(unknown('it was not read')),
});
export type IdentityFacts = z.infer<typeof IdentityFacts>;

/** Facts about an instance of this account, read from AWS when the alert came. */
export const InstanceFacts = z.strictObject({
  /** Those of the subnets that its network interfaces are in. */
  networkAcls: fact(z.array(NetworkAclFacts).max(8)),
  /** The first few. */
  tags: fact(z.record(z.string(), z.string())),
  /** Whether it passes on what is not addressed to it, as a NAT instance or a router does. */
  forwards: fact(z.boolean()).default(unknown('it was not read')),
});
export type InstanceFacts = z.infer<typeof InstanceFacts>;

/** Facts about a Lambda function of this account. */
export const FunctionFacts = z.strictObject({
  /** The first few. */
  tags: fact(z.record(z.string(), z.string())),
});
export type FunctionFacts = z.infer<typeof FunctionFacts>;

/** Stands for a rule in `protectedBy`, where one of the people who are asked uses the address. */
export const APPROVER_ADDRESS = 'approver-address';

export const EntityFacts = z.strictObject({
  ref: EntityRef,
  /** The id of the rule in protected.yaml that covers it, or `approver-address`, or null. */
  protectedBy: fact(z.string().nullable()),
  history: HistoryFacts,
  /** Present exactly for entities of kind `ip`. */
  address: AddressFacts.nullable(),
  /** Present exactly for entities of kind `instance`. */
  instance: InstanceFacts.nullable(),
  /** Present exactly for entities of kind `function`. */
  lambda: FunctionFacts.nullable().default(null),
  /** Present exactly for IAM users, access keys and roles. */
  identity: IdentityFacts.nullable(),
  /** The id of the window of planned work that covers it now, or null. */
  plannedWork: z.string().nullable(),
});
export type EntityFacts = z.infer<typeof EntityFacts>;

export const Facts = z.strictObject({
  readAt: Instant,
  /** Of the account's change calendars; `none` where policy names none. */
  calendar: fact(z.enum(['open', 'closed', 'none'])),
  entities: z.array(EntityFacts),
});
export type Facts = z.infer<typeof Facts>;
