// One host to watch or to block, in canonical notation.

import { InvalidInput } from '../domain/errors.ts';
import { isSingleHost, parseAddress } from '../platform/ip-address.ts';

export type Host = { entry: string; family: 'ipv4' | 'ipv6' };

/**
 * The address as WAF and EC2 store it: CIDR notation, IPv6 compressed. Throws InvalidInput for anything but a single
 * host.
 *
 * @example entryFor('203.0.113.7') // {entry: '203.0.113.7/32', family: 'ipv4'}
 */
export function entryFor(value: string): Host {
  const parsed = parseAddress(value);
  if (!parsed) throw new InvalidInput(`"${value}" is not an IP address`);
  if (!isSingleHost(parsed)) throw new InvalidInput(`"${value}" is wider than one host`);
  return { entry: `${parsed.address}/${parsed.bits}`, family: parsed.address.kind() };
}

/** The CIDR notation of a host; any other value unchanged, because the gate has already rejected it. */
export function keyOf(value: string): string {
  try {
    return entryFor(value).entry;
  } catch (error) {
    if (error instanceof InvalidInput) return value;
    throw error;
  }
}

/** The address without its prefix length, for people. */
export const hostOf = (entry: string): string => entry.replace(/\/(?:32|128)$/, '');
