// Finds the network interfaces of a host, and its flow logs that are readable.
import type { EC2, FlowLog, NetworkInterface } from '@aws-sdk/client-ec2';
import type { Entity } from '../domain/alert.ts';
import { canonicalAddress } from '../platform/ip-address.ts';
import { type FlowFormat, flowFormat } from './flow-records.ts';

export type FlowLogApi = Pick<EC2, 'describeFlowLogs' | 'describeNetworkInterfaces'>;

/** A log group, and the formats of the flow logs that write to it about one interface. */
export type FlowGroup = { name: string; formats: FlowFormat[]; traffic: Set<string> };
export type HostInterface = { id: string; addresses: string[]; groups: FlowGroup[] };
/** Without any readable flow log of an interface, the reason. */
export type Found = {
  interfaces: HostInterface[];
  unread: number;
  why: string | null;
  /** Whether EC2 can't write to a group that is read. */
  isFailing: boolean;
};

/** Instances rarely have more, and each costs a request. */
const MAX_INTERFACES = 3;

/** EC2 says which interfaces, subnets and VPC it has. The alert's own words about them are not read. */
export async function flowLogsOf(
  ec2: FlowLogApi,
  { kind, value }: Pick<Entity, 'kind' | 'value'>,
  readable: readonly string[],
  abortSignal: AbortSignal,
): Promise<Found> {
  const Name = kind === 'instance' ? 'attachment.instance-id' : 'network-interface-id';
  const { NetworkInterfaces = [] } = await ec2.describeNetworkInterfaces(
    { Filters: [{ Name, Values: [value] }] },
    { abortSignal },
  );
  const all = NetworkInterfaces.filter(({ NetworkInterfaceId }) =>
    ID.test(NetworkInterfaceId ?? ''),
  ).toSorted((a, b) => (a.Attachment?.DeviceIndex ?? 0) - (b.Attachment?.DeviceIndex ?? 0));
  if (all.length === 0) return { ...NONE, why: 'EC2 lists no interface of it' };
  const some = all.slice(0, MAX_INTERFACES);
  const { FlowLogs = [] } = await ec2.describeFlowLogs(
    { Filter: [{ Name: 'resource-id', Values: [...new Set(some.flatMap(placesOf))] }] },
    { abortSignal },
  );
  const interfaces = some.map((one) => ({
    id: one.NetworkInterfaceId ?? '',
    addresses: addressesOf(one),
    groups: groupsOf(
      FlowLogs.filter(({ ResourceId = '' }) => placesOf(one).includes(ResourceId)),
      readable,
    ),
  }));
  const read = interfaces.filter(({ groups }) => groups.length > 0);
  return {
    interfaces,
    unread: all.length - read.length,
    why: read.length > 0 ? null : whyUnread(FlowLogs, readable),
    isFailing: FlowLogs.some((one) => isIn(one, readable) && one.DeliverLogsStatus === 'FAILED'),
  };
}

const NONE = { interfaces: [], unread: 0, isFailing: false };
const ID = /^eni-[\da-f]{8,17}$/;

/** A flow log of its subnet or its VPC records it as well. */
const placesOf = ({ NetworkInterfaceId, SubnetId, VpcId }: NetworkInterface): string[] =>
  [NetworkInterfaceId, SubnetId, VpcId].filter((id) => id !== undefined);

const addressesOf = (one: NetworkInterface): string[] =>
  [
    one.PrivateIpAddress,
    one.Association?.PublicIp,
    ...(one.PrivateIpAddresses ?? []).flatMap(({ PrivateIpAddress, Association }) => [
      PrivateIpAddress,
      Association?.PublicIp,
    ]),
    ...(one.Ipv6Addresses ?? []).map(({ Ipv6Address }) => Ipv6Address),
  ].flatMap((address) => canonicalAddress(address ?? '') ?? []);

const isIn = (
  { LogDestinationType = 'cloud-watch-logs', LogGroupName }: FlowLog,
  groups: readonly string[],
) => LogDestinationType === 'cloud-watch-logs' && groups.includes(LogGroupName ?? '');

/** One group that records everything, the oldest first. Otherwise one for each kind of traffic. */
function groupsOf(flowLogs: readonly FlowLog[], readable: readonly string[]): FlowGroup[] {
  const groups = new Map<string, FlowGroup>();
  const byAge = flowLogs
    .filter((one) => isIn(one, readable))
    .toSorted((a, b) => (a.CreationTime?.getTime() ?? 0) - (b.CreationTime?.getTime() ?? 0));
  for (const { LogGroupName: name = '', LogFormat, TrafficType = 'ALL' } of byAge) {
    const format = flowFormat(LogFormat);
    if (!format) continue;
    const group = groups.get(name) ?? { name, formats: [], traffic: new Set() };
    group.formats.push(format);
    for (const kind of TrafficType === 'ALL' ? BOTH : [TrafficType]) group.traffic.add(kind);
    groups.set(name, group);
  }
  const all = [...groups.values()];
  const complete = all.find(({ traffic }) => traffic.size === BOTH.length);
  if (complete) return [complete];
  return BOTH.flatMap((kind) => all.find(({ traffic }) => traffic.has(kind)) ?? []);
}
export const BOTH = ['ACCEPT', 'REJECT'];

function whyUnread(flowLogs: readonly FlowLog[], readable: readonly string[]): string {
  if (flowLogs.length === 0) return 'no flow log records it';
  return flowLogs.some((one) => isIn(one, readable))
    ? 'the format of its flow log lacks a field that is needed'
    : 'its flow logs write to S3, Firehose or a log group that policy does not name';
}
