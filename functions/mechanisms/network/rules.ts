// Rules of a network ACL in one direction: ours, free numbers, quota.
import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import ipaddr from 'ipaddr.js';
import { parseAddress } from '../../platform/ip-address.ts';
import type { Host } from '../host-address.ts';

export type Direction = 'ingress' | 'egress';

/**
 * Quota of rules per direction and family, including the default deny rule. AWS raises it to 40 on request. We can't
 * read the raised quota, so we use the default.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-nacls
 */
export const MAX_RULES = 20;
/**
 * The number of the first rule that AWS creates. Later rules usually have higher numbers, and so don't override ours.
 */
export const FIRST_OF_AWS = 100;
/** Other actions may take numbers between capture and apply, but hardly more than this in one ACL. */
const SPARE_NUMBERS = 10;
/** Addresses start at different numbers in this range, so that concurrent actions rarely want the same number. */
const SPREAD = 16;

export const inDirection = (entries: readonly NetworkAclEntry[], direction: Direction) =>
  entries.filter(({ Egress }) => Egress === (direction === 'egress'));

const cidrOf = ({ CidrBlock, Ipv6CidrBlock }: NetworkAclEntry): string | undefined =>
  Ipv6CidrBlock ?? CidrBlock;

/** Compares parsed addresses: EC2 chooses its own spelling of IPv6. */
export function isAbout(entry: NetworkAclEntry, host: Host): boolean {
  const rule = parseAddress(cidrOf(entry) ?? '');
  return rule !== null && `${rule.address}/${rule.bits}` === host.entry;
}

/** Whether the rule applies to this host: to it alone, or to a range that contains it. */
function covers(entry: NetworkAclEntry, { entry: host }: Host): boolean {
  const rule = parseAddress(cidrOf(entry) ?? '');
  const [address] = ipaddr.parseCIDR(host);
  return rule?.address.kind() === address.kind() && address.match(rule.address, rule.bits);
}

/** A rule exactly as we write it: deny all traffic from or to this host. */
export const isOurRule = (entry: NetworkAclEntry, host: Host): boolean =>
  entry.RuleAction === 'deny' && entry.Protocol === '-1' && isAbout(entry, host);

/** The number of the first rule that may allow the host, or Infinity. Only rules before it are effective. */
const firstAllowing = (entries: readonly NetworkAclEntry[], host: Host): number =>
  Math.min(
    ...entries
      .filter((entry) => entry.RuleAction === 'allow' && covers(entry, host))
      .map(({ RuleNumber = 0 }) => RuleNumber),
  );

/** Our kind of rule, if it is effective. */
export const effective = (entries: readonly NetworkAclEntry[], host: Host): NetworkAclEntry[] => {
  const limit = firstAllowing(entries, host);
  return entries.filter((entry) => isOurRule(entry, host) && (entry.RuleNumber ?? 0) < limit);
};

/**
 * Free numbers for our rule, best first: lower than all existing rules, then in gaps before the first rule that may
 * allow the host. No existing rule is moved or removed. Empty if no number is free.
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

/** The number of rules of the host's address family. */
export const used = (entries: readonly NetworkAclEntry[], { family }: Host): number =>
  entries.filter(({ Ipv6CidrBlock }) => (family === 'ipv6') === Boolean(Ipv6CidrBlock)).length;

/** A rule in words: `rule 99: deny 203.0.113.7/32, all protocols`. */
export const ruleText = (entry: NetworkAclEntry): string =>
  `rule ${entry.RuleNumber}: ${entry.RuleAction} ${cidrOf(entry)}, ${
    entry.Protocol === '-1' ? 'all protocols' : `protocol ${entry.Protocol}`
  }`;
