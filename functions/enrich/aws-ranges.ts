// Which AWS services publish an address as theirs.
import { BlockList, isIPv4 } from 'node:net';
import ranges from './aws-ranges.json' with { type: 'json' };

/** When AWS published the ranges that we carry, in AWS's own format. */
export const RANGES_OF: string = ranges.createDate;

/** Rented to customers, attackers among them: such an address is not AWS's own. */
const RENTED = 'EC2';
/** Everything of AWS, rented or not. */
const ALL = 'AMAZON';

let lists: Map<string, BlockList> | undefined;

/** Built at first use: most cold starts of this function never need it. */
function blockLists(): Map<string, BlockList> {
  lists ??= new Map(
    Object.entries(ranges.services).map(([service, cidrs]) => {
      const list = new BlockList();
      for (const cidr of cidrs) {
        const [address = '', bits] = cidr.split('/');
        list.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
      }
      return [service, list];
    }),
  );
  return lists;
}

/** Names such as `S3`, or `AMAZON` for what no service is named for; empty for what is not AWS's own. */
export function awsServicesOf(address: string): string[] {
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  const all = blockLists();
  const within = (service: string) => all.get(service)?.check(address, family) ?? false;
  const named = [...all.keys()].filter(
    (service) => service !== ALL && service !== RENTED && within(service),
  );
  if (named.length > 0) return named;
  return within(ALL) && !within(RENTED) ? [ALL] : [];
}
