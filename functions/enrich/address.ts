// Facts that follow from an address: family, size, IANA range, AWS service.
import ipaddr from 'ipaddr.js';
import type * as z from 'zod/mini';
import { type AddressFacts, type Fact, known, unknown } from '../domain/facts.ts';
import { type Address, isSingleHost, parseAddress } from '../platform/ip-address.ts';
import { awsServicesIn } from './aws-ranges.ts';
import { cidrsOf, intervalOf, intervalsOf } from './intervals.ts';

type Facts = Omit<z.infer<typeof AddressFacts>, 'ownedBy' | 'seenOnWeb' | 'scanner'>;

/** Facts about an address or CIDR range. Every fact is unknown for text that is neither. */
export async function addressFacts(value: string): Promise<Facts> {
  const parsed = parseAddress(value);
  if (!parsed) {
    const none = unknown('not an IP address');
    return { cidr: none, family: none, singleHost: none, range: none, awsServices: none };
  }
  const interval = intervalOf(parsed);
  const family = parsed.address.kind();
  const singleHost = isSingleHost(parsed);
  return {
    // The round trip through an interval clears the host bits.
    cidr: known(cidrsOf(interval).join(' ')),
    family: known(family),
    singleHost: known(singleHost),
    range: singleHost ? known(parsed.address.range()) : rangeOfMany(parsed),
    awsServices: known([
      ...new Set((await Promise.all(intervalsOf(parsed).map(awsServicesIn))).flat()),
    ]),
  };
}

/**
 * The IANA range that contains all of these addresses. Special-purpose blocks are aligned to prefixes, so it is enough
 * that both ends lie in one. Unknown for public space (`unicast`), because it surrounds such blocks.
 */
function rangeOfMany({ address, bits }: Address): Fact<string> {
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
    : unknown('the range may contain addresses of several kinds');
}
