// Traffic of one host in VPC flow logs, reduced by code.
import * as z from 'zod/mini';
import { Count, EntityRef, Instant } from './reference.ts';

const Port = z.int().check(z.gte(0), z.lte(65_535));

/** Connections between the host and one address of the alert that the same side began. */
export const Peer = z.strictObject({
  /** The address. */
  ref: EntityRef,
  begunBy: z.enum(['address', 'host', 'unclear']),
  accepted: Count,
  rejected: Count,
  /** How many show an act of the side that began them: a forged source address can't cause them. */
  proven: Count,
  bytesIn: Count,
  bytesOut: Count,
  /** The ports that were contacted, the most frequent first. */
  ports: z.array(Port).check(z.maxLength(5)),
  otherPorts: Count,
  firstAt: Instant,
  lastAt: Instant,
});
export type Peer = z.infer<typeof Peer>;

export const MAX_PEERS = 8;

export const Flows = z.strictObject({
  /** The time that was read. */
  from: Instant,
  to: Instant,
  /** If false, more was recorded than was read, and every number is a lower bound. */
  isComplete: z.boolean(),
  /** What the flow logs record. */
  recorded: z.enum(['all', 'accepted', 'rejected']),
  /** Lines that were read, without those that say that there was no traffic. */
  records: z.int().check(z.gte(1)),
  /** Lines that fit no format of the flow logs. */
  unreadable: Count,
  peers: z.array(Peer).check(z.maxLength(MAX_PEERS)),
  otherPeers: Count,
  /** Addresses of the alert that no record names yet. Flow logs arrive late. */
  notListed: z.array(EntityRef).check(z.maxLength(20)),
  /** Connections with all other addresses. */
  others: z.strictObject({
    begunByHost: z.strictObject({ connections: Count, publicAddresses: Count, bytesOut: Count }),
    begunByOthers: z.strictObject({ accepted: Count, rejected: Count, addresses: Count }),
    unclear: Count,
  }),
});
export type Flows = z.infer<typeof Flows>;
