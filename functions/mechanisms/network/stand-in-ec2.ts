// Stand-in of EC2: instances, network interfaces and network ACLs.
import type { Filter, NetworkAclEntry } from '@aws-sdk/client-ec2';
import ipaddr from 'ipaddr.js';
import { OPT_IN } from '../../domain/opt-in.ts';
import type { OwnershipApi } from '../../enrich/address-owner.ts';
import type { InstanceApi } from '../../enrich/instance.ts';
import type { SecurityGroupApi } from '../../enrich/security-groups.ts';
import type { StateFile } from '../stand-in.ts';
import { awsFailure } from '../stand-in.ts';
import type { NetworkAclApi } from './acl.ts';
import { MAX_RULES } from './rules.ts';
import { describeSecurityGroups, groupOf } from './stand-in-groups.ts';

export type Ec2State = {
  /** An instance exists if an interface is attached to it. */
  interfaces: {
    id: string;
    vpcId: string;
    subnetId: string;
    instanceId: string | null;
    /** The public address, if it has one. */
    publicIp?: string;
    privateIp?: string;
    ipv6?: string;
    /** Defaults to `interface`; or `nat_gateway`, `network_load_balancer`, ... */
    type?: string;
  }[];
  /** Elastic IPs that are not associated. */
  reservedIps?: string[];
  networkAcls: {
    id: string;
    vpcId: string;
    isDefault: boolean;
    subnetIds: string[];
    entries: NetworkAclEntry[];
    /** Set if it has no opt-in tag. */
    isNotOptedIn?: true;
  }[];
};

/** Old IDs have 8 digits, newer ones 17. */
const INSTANCE_ID = /^i-([0-9a-f]{8}|[0-9a-f]{17})$/;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const refuse = (name: string, message: string) => awsFailure(name, 400, message);

type Described = Pick<
  Ec2State['interfaces'][number],
  'id' | 'vpcId' | 'subnetId' | 'publicIp' | 'privateIp' | 'ipv6'
>;
const interfaceIn = ({ id, vpcId, subnetId, publicIp, privateIp, ipv6 }: Described) => ({
  ...(publicIp && { Association: { PublicIp: publicIp } }),
  ...(privateIp && { PrivateIpAddress: privateIp }),
  ...(ipv6 && { Ipv6Addresses: [{ Ipv6Address: ipv6 }] }),
  ...{ NetworkInterfaceId: id, VpcId: vpcId, SubnetId: subnetId },
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
export function createEc2(
  file: StateFile<Ec2State>,
): InstanceApi & OwnershipApi & SecurityGroupApi & NetworkAclApi {
  const api = {
    describeInstances: async ({
      InstanceIds = [],
    }: Parameters<InstanceApi['describeInstances']>[0]) => {
      const { interfaces } = file.read();
      const instances = InstanceIds.map((id) => {
        if (!INSTANCE_ID.test(id))
          throw refuse('InvalidInstanceID.Malformed', `Invalid id: "${id}"`);
        const own = interfaces.filter(({ instanceId }) => instanceId === id);
        if (own.length === 0)
          throw refuse('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
        return {
          InstanceId: id,
          SecurityGroups: [groupOf(id)],
          NetworkInterfaces: own.map(interfaceIn),
        };
      });
      return { Reservations: instances.map((one) => ({ Instances: [one] })), $metadata: {} };
    },
    describeNetworkInterfaces: async ({
      Filters,
    }: Parameters<InstanceApi['describeNetworkInterfaces']>[0]) => {
      const found = file.read().interfaces.filter((one) => passesAll(Filters ?? [], one));
      return {
        NetworkInterfaces: found.map(({ type, instanceId, ...one }) => ({
          InterfaceType: type ?? 'interface',
          ...interfaceIn(one),
          ...(instanceId && { Attachment: { InstanceId: instanceId } }),
        })),
        $metadata: {},
      };
    },
    describeSecurityGroups,
    describeAddresses: async ({ Filters }: Parameters<OwnershipApi['describeAddresses']>[0]) => {
      const wanted = passing(Filters, 'public-ip');
      const { interfaces, reservedIps = [] } = file.read();
      const all = [...reservedIps, ...interfaces.flatMap(({ publicIp }) => publicIp ?? [])];
      return {
        Addresses: all.filter(wanted).map((PublicIp) => ({ PublicIp })),
        $metadata: {},
      };
    },
    describeNetworkAcls: async ({
      Filters,
      NetworkAclIds,
    }: Parameters<InstanceApi['describeNetworkAcls']>[0]) => {
      const wanted = passing(Filters, 'association.subnet-id');
      const state = file.read();
      for (const id of NetworkAclIds ?? []) aclIn(state, id);
      const found = state.networkAcls
        .filter(({ id }) => !NetworkAclIds || NetworkAclIds.includes(id))
        .filter(({ subnetIds }) => !Filters || subnetIds.some(wanted));
      return {
        NetworkAcls: found.map(({ id, vpcId, isDefault, subnetIds, entries, isNotOptedIn }) => ({
          NetworkAclId: id,
          VpcId: vpcId,
          IsDefault: isDefault,
          Associations: subnetIds.map((SubnetId) => ({ NetworkAclId: id, SubnetId })),
          Entries: entries,
          Tags: isNotOptedIn ? [] : [{ Key: OPT_IN.key, Value: OPT_IN.value }],
        })),
        $metadata: {},
      };
    },
    /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html */
    createNetworkAclEntry: async (
      request: Parameters<NetworkAclApi['createNetworkAclEntry']>[0],
    ) => {
      const state = file.read();
      const acl = aclIn(state, request.NetworkAclId);
      const entry = entryOf(request);
      const same = acl.entries.filter(({ Egress }) => Egress === entry.Egress);
      if (same.some(({ RuleNumber }) => RuleNumber === entry.RuleNumber))
        throw refuse(
          'NetworkAclEntryAlreadyExists',
          `The network acl entry identified by ${entry.RuleNumber} already exists.`,
        );
      const family = same.filter((one) => !one.Ipv6CidrBlock === !entry.Ipv6CidrBlock);
      if (family.length >= MAX_RULES)
        throw refuse(
          'NetworkAclEntryLimitExceeded',
          'The maximum number of network acl entries has been reached.',
        );
      acl.entries = [...acl.entries, entry];
      file.write(state);
      return { $metadata: {} };
    },
    /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkAclEntry.html */
    deleteNetworkAclEntry: async ({
      NetworkAclId,
      RuleNumber,
      Egress,
    }: Parameters<NetworkAclApi['deleteNetworkAclEntry']>[0]) => {
      const state = file.read();
      const acl = aclIn(state, NetworkAclId);
      const isIt = (one: NetworkAclEntry) => one.RuleNumber === RuleNumber && one.Egress === Egress;
      checkNumber(RuleNumber);
      if (!acl.entries.some(isIt))
        throw refuse(
          'InvalidNetworkAclEntry.NotFound',
          `The network acl entry ${RuleNumber} does not exist in the network acl ${NetworkAclId}`,
        );
      acl.entries = acl.entries.filter((one) => !isIt(one));
      file.write(state);
      return { $metadata: {} };
    },
  };
  return api as unknown as ReturnType<typeof createEc2>;
}

const INTERFACE_FILTERS: Readonly<
  Record<string, (one: Ec2State['interfaces'][number]) => string | undefined>
> = {
  'subnet-id': ({ subnetId }) => subnetId,
  'attachment.instance-id': ({ instanceId }) => instanceId ?? undefined,
  'network-interface-id': ({ id }) => id,
  'association.public-ip': ({ publicIp }) => publicIp,
  'ipv6-addresses.ipv6-address': ({ ipv6 }) => ipv6,
};

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
function passesAll(filters: readonly Filter[], one: Ec2State['interfaces'][number]): boolean {
  return filters.every(({ Name = '', Values = [] }) => {
    const read = INTERFACE_FILTERS[Name];
    if (!read) throw refuse('InvalidParameterValue', `The filter '${Name}' is invalid`);
    return Values.includes(read(one) ?? '');
  });
}

function aclIn(state: Ec2State, id = '') {
  const found = state.networkAcls.find((acl) => acl.id === id);
  if (!found)
    throw refuse('InvalidNetworkAclID.NotFound', `The network acl ID '${id}' does not exist`);
  return found;
}

/** The default rules, 32767 and above, can't be created or deleted. */
function checkNumber(number = 0): void {
  if (!Number.isInteger(number) || number < 1 || number > 32_766)
    throw refuse('InvalidParameterValue', `The rule number ${number} is not between 1 and 32766`);
}

function entryOf({
  RuleNumber,
  Egress,
  Protocol,
  RuleAction,
  CidrBlock,
  Ipv6CidrBlock,
}: Parameters<NetworkAclApi['createNetworkAclEntry']>[0]): NetworkAclEntry {
  checkNumber(RuleNumber);
  if (Egress === undefined || !Protocol || !RuleAction)
    throw refuse('MissingParameter', 'Egress, Protocol and RuleAction are required');
  if (Protocol !== '-1')
    throw refuse('InvalidParameterValue', 'this stand-in only takes rules for all protocols');
  if (!CidrBlock === !Ipv6CidrBlock)
    throw refuse('InvalidParameterValue', 'either CidrBlock or Ipv6CidrBlock is required');
  const block = CidrBlock
    ? { CidrBlock: canonical('ipv4', CidrBlock) }
    : { Ipv6CidrBlock: canonical('ipv6', Ipv6CidrBlock ?? '') };
  return { RuleNumber, Egress, Protocol, RuleAction, ...block };
}

/** EC2 accepts host bits and clears them. */
function canonical(family: 'ipv4' | 'ipv6', text: string): string {
  if (!ipaddr.isValidCIDR(text) || ipaddr.parseCIDR(text)[0].kind() !== family)
    throw refuse('InvalidParameterValue', `CIDR block ${text} is malformed`);
  const bits = text.split('/')[1];
  const network =
    family === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(text)
      : ipaddr.IPv6.networkAddressFromCIDR(text);
  return `${network}/${bits}`;
}

/** Whether a value passes the filters. Rejects filters that the stand-in doesn't support. */
function passing(filters: readonly Filter[] | undefined, name: string): (value: string) => boolean {
  const other = filters?.find(({ Name }) => Name !== name);
  if (other) throw refuse('InvalidParameterValue', `The filter '${other.Name}' is invalid`);
  return (value) => !filters || filters.every(({ Values = [] }) => Values.includes(value));
}
