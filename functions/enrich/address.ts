// What an address says about itself: family, size, IANA range, and whether AWS publishes it.
import ipaddr from 'ipaddr.js';
import type { z } from 'zod';
import { type AddressFacts, known, unknown } from '../domain/facts.ts';
import { awsServicesOf } from './aws-ranges.ts';

type Facts = z.infer<typeof AddressFacts>;

/** Facts about an address or a range in CIDR notation; all unknown for text that is neither. */
export function addressFacts(value: string): Facts {
  const parsed = parseAddress(value);
  if (!parsed) {
    const none = unknown('it is not an IP address');
    return { cidr: none, family: none, singleHost: none, range: none, awsServices: none };
  }
  const { address, bits } = parsed;
  const family = address.kind();
  return {
    cidr: known(`${address.toString()}/${bits}`),
    family: known(family),
    singleHost: known(bits === (family === 'ipv4' ? 32 : 128)),
    range: known(address.range()),
    awsServices: known(awsServicesOf(address.toString())),
  };
}

/** An address with its prefix length. IPv4 written as IPv6 (`::ffff:203.0.113.7`) is IPv4. Null when it is none. */
export function parseAddress(
  value: string,
): { address: ipaddr.IPv4 | ipaddr.IPv6; bits: number } | null {
  const [text = '', prefix, ...rest] = value.split('/');
  if (rest.length > 0 || !ipaddr.isValid(text)) return null;
  // ipaddr.js also takes 0x7f.1 and 2130706433; AWS does not, and nothing that writes findings does.
  if (ipaddr.IPv4.isValid(text) && !ipaddr.IPv4.isValidFourPartDecimal(text)) return null;
  const written = ipaddr.parse(text);
  const address = ipaddr.process(text);
  const width = address.kind() === 'ipv4' ? 32 : 128;
  if (prefix === undefined) return { address, bits: width };
  if (!/^\d{1,3}$/.test(prefix)) return null;
  // The prefix of a mapped address counts from the IPv6 side.
  const bits = Number(prefix) - (written.kind() === address.kind() ? 0 : 96);
  return bits >= 0 && bits <= width ? { address, bits } : null;
}
