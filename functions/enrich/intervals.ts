// Address ranges as intervals of numbers, on one line for both families: IPv4 lies where IPv6 maps it, ::ffff:0:0/96.
import ipaddr from 'ipaddr.js';
import { type Address, parseAddress } from '../platform/ip-address.ts';

/** Both ends belong to it. */
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

/** Throws RangeError for text that is not a range: what is published and what policy says have been parsed before. */
export function intervalOfCidr(cidr: string): Interval {
  const parsed = parseAddress(cidr);
  if (!parsed) throw new RangeError(`${cidr} is not a range of addresses`);
  return intervalOf(parsed);
}

/** The same numbers in as few intervals as possible, rising. */
export function merged(intervals: readonly Interval[]): Interval[] {
  const result: [bigint, bigint][] = [];
  for (const [first, last] of intervals.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const before = result.at(-1);
    if (!before || first > before[1] + 1n) result.push([first, last]);
    else if (last > before[1]) before[1] = last;
  }
  return result;
}

/** What of `from` is in none of `taken`. */
export function without(from: readonly Interval[], taken: readonly Interval[]): Interval[] {
  const holes = merged(taken);
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

/** Whether one of these, merged and rising, shares an address with the interval. */
export function touchesAny(rising: readonly Interval[], [first, last]: Interval): boolean {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle]?.[0] ?? 0n) <= last) low = middle + 1;
    else high = middle;
  }
  // The last one that starts early enough reaches the furthest, since they do not overlap.
  return low > 0 && (rising[low - 1]?.[1] ?? 0n) >= first;
}

/** In CIDR notation, in as few ranges as that takes. */
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
