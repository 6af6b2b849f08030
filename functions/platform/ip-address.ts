// Parses addresses and ranges. One parser, so that all code agrees on a target.
import ipaddr from 'ipaddr.js';

/** An address with its prefix length: 32 or 128 bits mean one host. */
export type Address = { address: ipaddr.IPv4 | ipaddr.IPv6; bits: number };

/** Null for text that is neither an address nor a range. IPv4-mapped IPv6 (`::ffff:203.0.113.7`) is parsed as IPv4. */
export function parseAddress(value: string): Address | null {
  const [text = '', prefix, ...rest] = value.split('/');
  if (rest.length > 0 || !ipaddr.isValid(text)) return null;
  const asIpv6 = text.includes(':');
  // ipaddr.js also accepts 0x7f.1 and 2130706433. AWS rejects them, and no finding contains them.
  if (!asIpv6 && !ipaddr.IPv4.isValidFourPartDecimal(text)) return null;
  const address = ipaddr.process(text);
  const ipv4 = address.kind() === 'ipv4';
  const width = ipv4 ? 32 : 128;
  if (prefix === undefined) return { address, bits: width };
  if (!/^\d{1,3}$/.test(prefix)) return null;
  // The prefix of a mapped address counts IPv6 bits.
  const bits = Number(prefix) - (asIpv6 && ipv4 ? 96 : 0);
  return bits >= 0 && bits <= width ? { address, bits } : null;
}

export const isSingleHost = ({ address, bits }: Address): boolean =>
  bits === (address.kind() === 'ipv4' ? 32 : 128);

/**
 * The canonical form of a host, `203.0.113.7`. A range keeps its address as written, `203.0.113.0/24`. Null for
 * anything else.
 */
export function canonicalAddress(value: string): string | null {
  const parsed = parseAddress(value);
  if (!parsed) return null;
  return isSingleHost(parsed) ? parsed.address.toString() : `${parsed.address}/${parsed.bits}`;
}

const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
const SIX_TO_FOUR = ipaddr.IPv6.parseCIDR('2002::/16');

/**
 * The IPv4 host that an IPv6 host stands for in NAT64 (RFC 6052) and 6to4 (RFC 3056): `64:ff9b::cb00:7107` and
 * `2002:cb00:7107::1` stand for 203.0.113.7. Null for every other address.
 */
export function ipv4Behind({ address, bits }: Address): Address | null {
  if (!(address instanceof ipaddr.IPv6) || bits !== 128) return null;
  const bytes = address.toByteArray();
  const start = address.match(NAT64) ? 12 : address.match(SIX_TO_FOUR) ? 2 : null;
  return start === null
    ? null
    : { address: new ipaddr.IPv4(bytes.slice(start, start + 4)), bits: 32 };
}
