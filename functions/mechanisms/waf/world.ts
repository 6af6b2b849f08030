// Reads the IP sets of AWS WAF for the world check.
import { CLOUDFRONT_REGION, type IpSet } from '../../domain/ip-set.ts';
import { isSingleHost, parseAddress } from '../../platform/ip-address.ts';
import { keyOf } from '../host-address.ts';
import { every, type Permissions } from '../permissions.ts';
import type { Entry, WorldReader, Written } from '../world.ts';
import { blockAddressInfo, watchAddressInfo } from './address.ts';
import { createIpSetAccess, type WafClients } from './ip-set.ts';

const PURPOSES: Readonly<Record<string, IpSet['purpose']>> = {
  [watchAddressInfo.id]: 'watch',
  [blockAddressInfo.id]: 'block',
};

export const worldPermissions: Permissions = ({ ipSets }) => {
  const atCloudFront = ipSets.filter(({ scope }) => scope === 'CLOUDFRONT');
  return [
    {
      sid: 'ReadOurIpSets',
      actions: ['wafv2:GetIPSet'],
      resources: ipSets.map(({ arn, scope }) =>
        scope === 'CLOUDFRONT'
          ? every(arn, 'A set of this stack by its fixed name; another region assigns its ID')
          : arn,
      ),
    },
    {
      sid: 'FindTheIdsOfIpSetsAtCloudFront',
      actions: ['wafv2:ListIPSets'],
      resources:
        atCloudFront.length > 0 ? [every('*', 'wafv2:ListIPSets supports no resource ARNs')] : [],
      conditions: { StringEquals: { 'aws:RequestedRegion': CLOUDFRONT_REGION } },
    },
  ];
};

const listOf = ({ scope, name }: Pick<IpSet, 'scope' | 'name'>): string => `${scope}:${name}`;

/**
 * CloudFormation writes the list of the template, which is empty, when any property of the set changes.
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateIPSet.html
 */
export const written: Written = {
  eventNames: ['UpdateIPSet'],
  regionOf: (list) => (list.startsWith('CLOUDFRONT:') ? CLOUDFRONT_REGION : null),
  isWriteOf: ({ scope, name }, list) => list === `${scope}:${name}`,
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-wafv2-ipset.html
  listOf(physicalId) {
    const [name, , scope] = physicalId.split('|');
    return name && scope ? `${scope}:${name}` : null;
  },
};

export function createWorld(clients: WafClients): WorldReader {
  const access = createIpSetAccess(clients);
  return {
    scope: 'waf',
    written,
    entriesOf({ mechanism, target }) {
      const purpose = PURPOSES[mechanism ?? ''];
      const entry = keyOf(target.value);
      const family = entry.includes(':') ? 'ipv6' : 'ipv4';
      return clients.sets
        .filter((set) => set.purpose === purpose && set.family === family)
        .map((set) => entryIn(set, entry));
    },
    async read() {
      const lists = await Promise.all(
        clients.sets.map(async (set) =>
          (await access.addresses(set)).map((address) => entryIn(set, address)),
        ),
      );
      return lists.flat();
    },
  };
}

/** WAF stores IPv6 addresses in several notations. */
function entryIn({ scope, name }: IpSet, stored: string): Entry {
  const parsed = parseAddress(stored);
  const entry = parsed ? `${parsed.address}/${parsed.bits}` : stored;
  return {
    id: `waf:${scope}:${name}:${entry}`,
    list: listOf({ scope, name }),
    text: `${entry} in the IP set ${name}${scope === 'CLOUDFRONT' ? ' at CloudFront' : ''}`,
    ...(!(parsed && isSingleHost(parsed)) && { isWide: true as const }),
  };
}
