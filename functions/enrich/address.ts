// What an address says about itself: family, size, IANA range, and whether AWS publishes it.
import ipaddr from 'ipaddr.js';
import type { z } from 'zod';
import { type AddressFacts, type Fact, known, unknown } from '../domain/facts.ts';
import { awsServicesIn } from './aws-ranges.ts';
import { cidrsOf, intervalOf } from './intervals.ts';

type Facts = z.infer<typeof AddressFacts>;
/** An address with its prefix length. */
export type Parsed = { address: ipaddr.IPv4 | ipaddr.IPv6; bits: number };

/** Facts about an address or a range in CIDR notation; all unknown for text that is neither. */
export function addressFacts(value: string): Facts {
  const parsed = parseAddress(value);
  if (!parsed) {
    const none = unknown('it is not an IP address');
    return { cidr: none, family: none, singleHost: none, range: none, awsServices: none };
  }
  const interval = intervalOf(parsed);
  const family = parsed.address.kind();
  const singleHost = parsed.bits === (family === 'ipv4' ? 32 : 128);
  return {
    // An interval that was made from one prefix is one prefix again, without host bits.
    cidr: known(cidrsOf(interval).join(' ')),
    family: known(family),
    singleHost: known(singleHost),
    range: singleHost ? known(parsed.address.range()) : rangeOfMany(parsed),
    awsServices: known(awsServicesIn(interval)),
  };
}

/** Special-purpose blocks have round borders, so a range whose ends lie in one lies in it; public space has holes. */
function rangeOfMany({ address, bits }: Parsed): Fact<string> {
  const [first, last] =
    address.kind() === 'ipv4'
      ? [
          ipaddr.IPv4.networkAddressFromCIDR(`${address}/${bits}`),
          ipaddr.IPv4.broadcastAddressFromCIDR(`${address}/${bits}`),
        ]
      : [
          ipaddr.IPv6.networkAddressFromCIDR(`${address}/${bits}`),
          ipaddr.IPv6.broadcastAddressFromCIDR(`${address}/${bits}`),
        ];
  const range = first.range();
  return range === last.range() && range !== 'unicast'
    ? known(range)
    : unknown('so wide a range may hold addresses of several kinds');
}

/** IPv4 written as IPv6 (`::ffff:203.0.113.7`) is IPv4. Null for text that is no address and no range. */
export function parseAddress(value: string): Parsed | null {
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
