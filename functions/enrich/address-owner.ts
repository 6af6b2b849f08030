// Finds which resource of this account, if any, owns each address.
import type { DescribeNetworkInterfacesResult, EC2, NetworkInterface } from '@aws-sdk/client-ec2';
import { type Fact, known, mapFact, unknown } from '../domain/facts.ts';
import { ipv4Behind, isSingleHost, parseAddress } from '../platform/ip-address.ts';
import { type ReadDeps, readFact } from './read-fact.ts';

export type OwnershipApi = Pick<EC2, 'describeNetworkInterfaces' | 'describeAddresses'>;

/**
 * A lookup of each address's owner, such as `nat gateway eni-...` or `instance i-...`; null for an address outside this
 * account, unknown for anything that is not a single host. Reads all addresses together: an alert has at most 100
 * entities, a filter takes 200 values, and an unpaginated response holds 1,000 interfaces.
 */
export async function ownersOf(
  deps: ReadDeps & { ec2: OwnershipApi },
  addresses: readonly string[],
): Promise<(address: string) => Fact<string | null>> {
  const hosts = [...new Set(addresses.flatMap(hostsIn))];
  const owners =
    hosts.length > 0
      ? await readFact(deps, 'The addresses of this account', (abortSignal) =>
          allOwners(deps.ec2, hosts, abortSignal),
        )
      : known(new Map<string, string>());
  return (address) => {
    const forms = hostsIn(address);
    if (forms.length === 0) return unknown('not a single address');
    return mapFact(owners, (all) => forms.map((host) => all.get(host)).find(Boolean) ?? null);
  };
}

/** The address in EC2's notation, and the IPv4 address that it stands for. Empty for a range. */
function hostsIn(address: string): string[] {
  const parsed = parseAddress(address);
  if (!parsed || !isSingleHost(parsed)) return [];
  const behind = ipv4Behind(parsed);
  return [parsed, ...(behind ? [behind] : [])].map((one) => one.address.toString());
}

async function allOwners(
  ec2: OwnershipApi,
  hosts: readonly string[],
  abortSignal: AbortSignal,
): Promise<Map<string, string>> {
  const ipv4 = hosts.filter((one) => !one.includes(':'));
  const ipv6 = hosts.filter((one) => one.includes(':'));
  const interfacesWith = async (Name: string, Values: string[]) =>
    Values.length === 0
      ? []
      : onlyPage(
          await ec2.describeNetworkInterfaces({ Filters: [{ Name, Values }] }, { abortSignal }),
        );
  const [public4, own6, reserved] = await Promise.all([
    interfacesWith('association.public-ip', ipv4),
    interfacesWith('ipv6-addresses.ipv6-address', ipv6),
    ipv4.length === 0
      ? []
      : ec2
          .describeAddresses({ Filters: [{ Name: 'public-ip', Values: ipv4 }] }, { abortSignal })
          .then(({ Addresses = [] }) => Addresses),
  ]);
  return new Map<string, string>([
    ...reserved.flatMap(({ PublicIp }) => pair(PublicIp, 'an Elastic IP of this account')),
    ...public4.flatMap((one) => pair(one.Association?.PublicIp, ownerOf(one))),
    ...own6.flatMap((one) =>
      (one.Ipv6Addresses ?? []).flatMap(({ Ipv6Address }) => pair(Ipv6Address, ownerOf(one))),
    ),
  ]);
}

/** An address that is missing in a part would count as one of another account. */
function onlyPage({
  NetworkInterfaces = [],
  NextToken,
}: Pick<DescribeNetworkInterfacesResult, 'NetworkInterfaces' | 'NextToken'>): NetworkInterface[] {
  if (NextToken) throw new Error('EC2 returned only a part');
  return NetworkInterfaces;
}

const pair = (address: string | undefined, owner: string): [string, string][] =>
  address ? [[address, owner]] : [];

/** Elastic Load Balancing describes its interfaces as `ELB app/<name>/<id>`. */
const ELB = /^ELB (?<name>.+)$/;

const ownerOf = ({
  Attachment,
  Description,
  InterfaceType,
  NetworkInterfaceId,
}: NetworkInterface): string => {
  if (Attachment?.InstanceId) return `instance ${Attachment.InstanceId}`;
  const loadBalancer = ELB.exec(Description ?? '')?.groups?.name;
  return loadBalancer
    ? `load balancer ${loadBalancer}`.slice(0, MAX_OWNER)
    : `${(InterfaceType ?? 'interface').replaceAll('_', ' ')} ${NetworkInterfaceId}`;
};
const MAX_OWNER = 200;
