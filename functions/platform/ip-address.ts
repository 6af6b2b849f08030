// Addresses and ranges, read from text in one way everywhere: two readings of one text would be two targets.
import ipaddr from 'ipaddr.js';

/** An address with its prefix length: 32 or 128 bits are one host. */
export type Address = { address: ipaddr.IPv4 | ipaddr.IPv6; bits: number };

/** Null for text that is no address and no range. IPv4 written as IPv6 (`::ffff:203.0.113.7`) is IPv4. */
export function parseAddress(value: string): Address | null {
  const [text = '', prefix, ...rest] = value.split('/');
  if (rest.length > 0 || !ipaddr.isValid(text)) return null;
  const asIpv6 = text.includes(':');
  // ipaddr.js also takes 0x7f.1 and 2130706433; AWS does not, and nothing that writes findings does.
  if (!asIpv6 && !ipaddr.IPv4.isValidFourPartDecimal(text)) return null;
  const address = ipaddr.process(text);
  const ipv4 = address.kind() === 'ipv4';
  const width = ipv4 ? 32 : 128;
  if (prefix === undefined) return { address, bits: width };
  if (!/^\d{1,3}$/.test(prefix)) return null;
  // The prefix of a mapped address counts from the IPv6 side.
  const bits = Number(prefix) - (asIpv6 && ipv4 ? 96 : 0);
  return bits >= 0 && bits <= width ? { address, bits } : null;
}

export const isSingleHost = ({ address, bits }: Address): boolean =>
  bits === (address.kind() === 'ipv4' ? 32 : 128);

/**
 * One spelling for each host, `203.0.113.7`; a range keeps the address that it was written with, `203.0.113.0/24`. Null
 * for what is neither.
 */
export function normalAddress(value: string): string | null {
  const parsed = parseAddress(value);
  if (!parsed) return null;
  return isSingleHost(parsed) ? parsed.address.toString() : `${parsed.address}/${parsed.bits}`;
}
