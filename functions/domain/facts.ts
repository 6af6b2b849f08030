// What enrichment knows of each entity. A fact that could not be read is `unknown` and says why; it is never absent.
import { z } from 'zod';
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

/** Facts about an address, from the address itself, published ranges and policy. */
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
});

/** Facts from our own records. */
export const HistoryFacts = z.strictObject({
  /** Ids of earlier incidents that named this entity, newest first. */
  earlierIncidents: fact(z.array(z.string()).max(20)),
  /** Our actions on it that are in force now, as `name (actionId)`. */
  inForce: fact(z.array(z.string()).max(20)),
  /** How many of our actions on it were reversed before their time by a person. */
  reversedByPeople: fact(z.int()),
  /** How many proposals about it people declined. */
  declined: fact(z.int()),
});

export const EntityFacts = z.strictObject({
  ref: EntityRef,
  /** The id of the rule in protected.yaml that covers it, or null. */
  protectedBy: fact(z.string().nullable()),
  history: HistoryFacts,
  /** Present exactly for entities of kind `ip`. */
  address: AddressFacts.nullable(),
});
export type EntityFacts = z.infer<typeof EntityFacts>;

export const Facts = z.strictObject({
  readAt: Instant,
  entities: z.array(EntityFacts),
});
export type Facts = z.infer<typeof Facts>;
