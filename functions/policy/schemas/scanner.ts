// A scanner in policies/calendar.yaml: its owner, and how its hosts are known.
import * as z from 'zod/mini';
import { EntryId } from './id.ts';

/** A wider range would declare strangers: the prefix of an IPv4 or IPv6 network has at least this length. */
const SHORTEST_PREFIX = { ipv4: 16, ipv6: 32 };

const Network = z
  .union([z.cidrv4(), z.cidrv6()])
  .check(
    z.refine(
      (network) =>
        Number(network.split('/')[1]) >= SHORTEST_PREFIX[network.includes(':') ? 'ipv6' : 'ipv4'],
      { error: 'expected a prefix of at least /16 for IPv4 and /32 for IPv6' },
    ),
  );

const Domain = z.string().check(
  z.maxLength(253),
  z.regex(/^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z](?:[a-z\d-]{0,61}[a-z\d])$/, {
    error: 'expected a domain of at least two labels in lower case, such as scan.vendor.example',
  }),
);

const RoleArn = z.string().check(
  z.maxLength(640),
  z.regex(/^arn:aws[\w-]*:iam::\d{12}:role\/(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/, {
    error: 'expected the ARN of an IAM role, such as arn:aws:iam::123456789012:role/scanner',
  }),
);

const some = <T extends z.ZodMiniType>(one: T) =>
  z.optional(z.array(one).check(z.minLength(1), z.maxLength(20)));

/** Tags, user agents and names that nothing confirms declare no scanner: an attacker can copy them. */
export const Scanner = z
  .strictObject({
    id: EntryId,
    owner: z.string().check(z.minLength(2), z.maxLength(100)),
    why: z.string().check(z.minLength(5), z.maxLength(300)),
    /** Addresses and networks from which it scans. */
    networks: some(Network),
    /** Domains whose names are its hosts. A name counts only if the domain's own records list the address. */
    domains: some(Domain),
    /** Roles of this account that its hosts or its sessions use. */
    roles: some(RoleArn),
    /** The last day (UTC) on which the declaration holds. */
    until: z.iso.date(),
  })
  .check(
    z.refine(({ networks, domains, roles }) => (networks ?? domains ?? roles) !== undefined, {
      error: 'expected networks, domains or roles',
      path: ['networks'],
    }),
  );
export type Scanner = z.infer<typeof Scanner>;
