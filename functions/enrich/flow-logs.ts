// Finds the flow logs of network interfaces that are readable.
import type { EC2, FlowLog, InstanceNetworkInterface, NetworkInterface } from '@aws-sdk/client-ec2';
import { canonicalAddress } from '../platform/ip-address.ts';
import { type FlowFormat, flowFormat } from './flow-records.ts';

export type FlowLogApi = Pick<EC2, 'describeFlowLogs' | 'describeNetworkInterfaces'>;

/** A log group, and the formats of the flow logs that write to it about one interface. */
export type FlowGroup = {
  name: string;
  formats: FlowFormat[];
  /** The kinds of traffic that are recorded, and since when in milliseconds. */
  traffic: Map<string, number>;
};
export type HostInterface = { id: string; addresses: string[]; groups: FlowGroup[] };
/** Without any readable flow log of an interface, the reason. */
export type Found = {
  interfaces: HostInterface[];
  why: string | null;
  /** Whether every interface has a readable flow log, and all flow logs are known. */
  isComplete: boolean;
  /** Whether EC2 can't write to a group that is read. */
  isFailing: boolean;
};

/** Instances rarely have more, and each costs a request. */
const MAX_INTERFACES = 3;

/** As EC2 describes it with its instance, or alone. */
export type AnyInterface = InstanceNetworkInterface | NetworkInterface;

/** Of the interfaces of one host. */
export async function flowLogsOf(
  ec2: Pick<FlowLogApi, 'describeFlowLogs'>,
  interfacesOfHost: readonly AnyInterface[],
  readable: readonly string[],
  abortSignal: AbortSignal,
): Promise<Found> {
  const all = interfacesOfHost.toSorted(
    (a, b) => (a.Attachment?.DeviceIndex ?? 0) - (b.Attachment?.DeviceIndex ?? 0),
  );
  if (all.length === 0) return { ...NONE, why: 'EC2 lists no interface of it' };
  const some = all.slice(0, MAX_INTERFACES);
  const { FlowLogs = [], NextToken } = await ec2.describeFlowLogs(
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
    why: read.length > 0 ? null : whyUnread(FlowLogs, readable),
    isComplete: read.length === all.length && NextToken === undefined,
    isFailing: FlowLogs.some((one) => isIn(one, readable) && one.DeliverLogsStatus === 'FAILED'),
  };
}

const NONE = { interfaces: [], isComplete: false, isFailing: false };

/** A flow log of its subnet or its VPC records it as well. */
const placesOf = ({ NetworkInterfaceId, SubnetId, VpcId }: AnyInterface): string[] =>
  [NetworkInterfaceId, SubnetId, VpcId].filter((id) => id !== undefined);

const addressesOf = (one: AnyInterface): string[] =>
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
  for (const { LogGroupName: name = '', LogFormat, TrafficType = 'ALL', CreationTime } of byAge) {
    const format = flowFormat(LogFormat);
    if (!format) continue;
    const group: FlowGroup = groups.get(name) ?? { name, formats: [], traffic: new Map() };
    group.formats.push(format);
    for (const kind of TrafficType === 'ALL' ? BOTH : [TrafficType])
      if (!group.traffic.has(kind))
        group.traffic.set(kind, CreationTime?.getTime() ?? Number.POSITIVE_INFINITY);
    groups.set(name, group);
  }
  const all = [...groups.values()];
  const complete = all.find(({ traffic }) => traffic.size === BOTH.length);
  if (complete) return [complete];
  return BOTH.flatMap((kind) => all.find(({ traffic }) => traffic.has(kind)) ?? []);
}
export const BOTH = ['ACCEPT', 'REJECT'];

function whyUnread(flowLogs: readonly FlowLog[], readable: readonly string[]): string {
  if (flowLogs.length === 0) return 'no flow log records it now';
  return flowLogs.some((one) => isIn(one, readable))
    ? 'the format of its flow log lacks a field that is needed'
    : 'its flow logs write to S3, Firehose or a log group that policy does not name';
}
