// What an address says about itself: family, size, IANA range, and whether AWS publishes it.
import ipaddr from 'ipaddr.js';
import type * as z from 'zod';
import { type AddressFacts, type Fact, known, unknown } from '../domain/facts.ts';
import { type Address, isSingleHost, parseAddress } from '../platform/ip-address.ts';
import { awsServicesIn } from './aws-ranges.ts';
import { cidrsOf, intervalOf } from './intervals.ts';

type Facts = Omit<z.infer<typeof AddressFacts>, 'ownedBy' | 'seenOnWeb'>;

/** Facts about an address or a range in CIDR notation; all unknown for text that is neither. */
export function addressFacts(value: string): Facts {
  const parsed = parseAddress(value);
  if (!parsed) {
    const none = unknown('it is not an IP address');
    return { cidr: none, family: none, singleHost: none, range: none, awsServices: none };
  }
  const interval = intervalOf(parsed);
  const family = parsed.address.kind();
  const singleHost = isSingleHost(parsed);
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
    : unknown('so wide a range may hold addresses of several kinds');
}
