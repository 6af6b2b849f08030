// Arithmetic on address ranges as intervals of numbers.
import ipaddr from 'ipaddr.js';
import { type Address, ipv4Behind, parseAddress } from '../platform/ip-address.ts';

/** Inclusive at both ends. IPv4 addresses take their IPv4-mapped IPv6 numbers, ::ffff:0:0/96. */
export type Interval = readonly [first: bigint, last: bigint];

const IPV4_FIRST = 0xffff_0000_0000n;
const IPV4_LAST = 0xffff_ffff_ffffn;

export function intervalOf({ address, bits }: Address): Interval {
  const ipv4 = address.kind() === 'ipv4';
  const number = BigInt(`0x${Buffer.from(address.toByteArray()).toString('hex')}`);
  const size = 1n << BigInt((ipv4 ? 32 : 128) - bits);
  const first = (number / size) * size + (ipv4 ? IPV4_FIRST : 0n);
  return [first, first + size - 1n];
}

/** The interval of the address, and that of the IPv4 host for which a NAT64 or 6to4 address stands. */
export function intervalsOf(address: Address): Interval[] {
  const behind = ipv4Behind(address);
  return [intervalOf(address), ...(behind ? [intervalOf(behind)] : [])];
}

/** Throws RangeError for text that is not a CIDR range. */
export function intervalOfCidr(cidr: string): Interval {
  const parsed = parseAddress(cidr);
  if (!parsed) throw new RangeError(`${cidr} is not a CIDR range`);
  return intervalOf(parsed);
}

/** Whether the range contains the whole address or range. False for text that is neither. */
export function isWithin(range: string, value: string): boolean {
  const [outer, inner] = [parseAddress(range), parseAddress(value)];
  if (!outer || !inner) return false;
  const [first, last] = intervalOf(outer);
  const [innerFirst, innerLast] = intervalOf(inner);
  return first <= innerFirst && innerLast <= last;
}

/** The same addresses in as few intervals as possible, in ascending order. */
export function merged(intervals: readonly Interval[]): Interval[] {
  const result: [bigint, bigint][] = [];
  for (const [first, last] of intervals.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const before = result.at(-1);
    if (!before || first > before[1] + 1n) result.push([first, last]);
    else if (last > before[1]) before[1] = last;
  }
  return result;
}

/** The parts of `from` that are in none of `excluded`. */
export function subtract(from: readonly Interval[], excluded: readonly Interval[]): Interval[] {
  const holes = merged(excluded);
  return merged(from).flatMap(([start, last]) => {
    const left: Interval[] = [];
    let first = start;
    for (const [holeFirst, holeLast] of holes) {
      if (holeLast < first) continue;
      if (holeFirst > last) break;
      if (holeFirst > first) left.push([first, holeFirst - 1n]);
      first = holeLast + 1n;
    }
    return first <= last ? [...left, [first, last] as const] : left;
  });
}

/** True when one of the intervals, which must be merged and ascending, shares an address with this one. */
export function overlapsAny(sorted: readonly Interval[], [first, last]: Interval): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.[0] ?? 0n) <= last) low = middle + 1;
    else high = middle;
  }
  // Of the intervals that start early enough, the last one ends last, since they don't overlap.
  return low > 0 && (sorted[low - 1]?.[1] ?? 0n) >= first;
}

/** The interval as the fewest possible CIDR ranges. */
export function cidrsOf([first, last]: Interval): string[] {
  const cidrs: string[] = [];
  for (let at = first; at <= last; ) {
    let host = 0n;
    while (at % (2n << host) === 0n && at + (2n << host) - 1n <= last) host++;
    cidrs.push(cidrAt(at, host));
    at += 1n << host;
  }
  return cidrs;
}

function cidrAt(first: bigint, hostBits: bigint): string {
  const ipv4 = first >= IPV4_FIRST && first <= IPV4_LAST;
  const width = ipv4 ? 4 : 16;
  const number = ipv4 ? first - IPV4_FIRST : first;
  const bytes = Array.from({ length: width }, (_, i) =>
    Number((number >> BigInt(8 * (width - 1 - i))) & 255n),
  );
  return `${ipaddr.fromByteArray(bytes)}/${8 * width - Number(hostBits)}`;
}
