// The rules of one network ACL in one direction: which is ours, which numbers are free, how much room is left.
import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import ipaddr from 'ipaddr.js';
import { parseAddress } from '../../platform/ip-address.ts';
import type { Host } from '../host-address.ts';

export type Direction = 'ingress' | 'egress';

/**
 * Rules in one direction, IPv4 and IPv6 counted apart, the last one, which denies the rest, counted with them. AWS
 * raises it to 40 on request; we cannot see that and keep to what every account has.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-nacls
 */
export const MAX_RULES = 20;
/** AWS begins its own rules here. What is added later is likely to be above, and so does not overrule us. */
const FIRST_OF_AWS = 100;
/** Other actions may take numbers between our look and our change; so many at once do not happen in one ACL. */
const SPARE_NUMBERS = 10;
/** Addresses begin at different numbers within so many, so that two at once rarely want the same. */
const SPREAD = 16;

export const inDirection = (entries: readonly NetworkAclEntry[], direction: Direction) =>
  entries.filter(({ Egress }) => Egress === (direction === 'egress'));

const cidrOf = ({ CidrBlock, Ipv6CidrBlock }: NetworkAclEntry): string | undefined =>
  Ipv6CidrBlock ?? CidrBlock;

/** Written differently, the same address is the same: EC2 chooses its own spelling of IPv6. */
export function isAbout(entry: NetworkAclEntry, host: Host): boolean {
  const rule = parseAddress(cidrOf(entry) ?? '');
  return rule !== null && `${rule.address}/${rule.bits}` === host.entry;
}

/** Whether the rule says something about traffic of this host: for it alone, or for a range that it is in. */
function covers(entry: NetworkAclEntry, { entry: host }: Host): boolean {
  const rule = parseAddress(cidrOf(entry) ?? '');
  const [address] = ipaddr.parseCIDR(host);
  return rule?.address.kind() === address.kind() && address.match(rule.address, rule.bits);
}

/** Exactly what we write: everything from or to this one host is refused. */
export const isOurs = (entry: NetworkAclEntry, host: Host): boolean =>
  entry.RuleAction === 'deny' && entry.Protocol === '-1' && isAbout(entry, host);

/** The number of the first rule that could let the host in, or Infinity: only what comes before it takes effect. */
const firstAllowing = (entries: readonly NetworkAclEntry[], host: Host): number =>
  Math.min(
    ...entries
      .filter((entry) => entry.RuleAction === 'allow' && covers(entry, host))
      .map(({ RuleNumber = 0 }) => RuleNumber),
  );

/** Our kind of rule where it takes effect. */
export const effective = (entries: readonly NetworkAclEntry[], host: Host): NetworkAclEntry[] => {
  const limit = firstAllowing(entries, host);
  return entries.filter((entry) => isOurs(entry, host) && (entry.RuleNumber ?? 0) < limit);
};

/**
 * Numbers for a rule of ours, best first: below all that is there, else in a gap before what could let the host in.
 * Nobody's rule is moved or taken out for it; empty where there is no such number.
 */
export function freeNumbers(entries: readonly NetworkAclEntry[], host: Host): number[] {
  const taken = new Set(entries.map(({ RuleNumber = 0 }) => RuleNumber));
  const below = Math.min(FIRST_OF_AWS, firstAllowing(entries, host));
  const free = Array.from({ length: Math.max(0, below - 1) }, (_, i) => below - 1 - i).filter(
    (number) => !taken.has(number),
  );
  const lowest = Math.min(...taken);
  const ranked = [
    ...free.filter((number) => number < lowest),
    ...free.filter((number) => number > lowest),
  ];
  const start = sumOfBytes(host) % Math.max(1, Math.min(SPREAD, ranked.length));
  return [...ranked.slice(start), ...ranked.slice(0, start)].slice(0, SPARE_NUMBERS);
}

const sumOfBytes = ({ entry }: Host): number =>
  ipaddr
    .parseCIDR(entry)[0]
    .toByteArray()
    .reduce((sum, byte) => sum + byte, 0);

/** How many rules of the host's family there are. */
export const used = (entries: readonly NetworkAclEntry[], { family }: Host): number =>
  entries.filter(({ Ipv6CidrBlock }) => (family === 'ipv6') === Boolean(Ipv6CidrBlock)).length;

/** @example saying({RuleNumber: 99, RuleAction: 'deny', CidrBlock: '203.0.113.7/32', Protocol: '-1'}) // 'rule 99: deny 203.0.113.7/32, all protocols' */
export const saying = (entry: NetworkAclEntry): string =>
  `rule ${entry.RuleNumber}: ${entry.RuleAction} ${cidrOf(entry)}, ${
    entry.Protocol === '-1' ? 'all protocols' : `protocol ${entry.Protocol}`
  }`;
