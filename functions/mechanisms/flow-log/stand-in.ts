// Stand-in of EC2 flow logs, with EC2's quota, duplicates and error codes.

import type { FlowLog, Tag } from '@aws-sdk/client-ec2';
import { connected } from '../mechanism.ts';
import type { Ec2State } from '../network/stand-in-ec2.ts';
import { LOCAL_NETWORK } from '../network/stand-in-network.ts';
import type { StateFile } from '../stand-in.ts';
import { awsFailure, noSleep, type StandIn } from '../stand-in.ts';
import { type FlowLogApi, MAX_FLOW_LOGS } from './flow-logs.ts';
import { recordFlows } from './interface-flows.ts';

type Kept = {
  id: string;
  resourceId: string;
  trafficType: 'ALL' | 'ACCEPT' | 'REJECT';
  logGroupName: string;
  roleArn: string;
  interval: number;
  /** Absent for the default format. */
  format?: string | undefined;
  tags: Tag[];
};
export type FlowLogState = {
  made: number;
  flowLogs: Kept[];
  /** By client token: the request and the created flow log. */
  tokens: Record<string, { request: string; id: string }>;
};
export const NO_FLOW_LOGS: FlowLogState = { made: 0, flowLogs: [], tokens: {} };

/** Destination of the laptop's flow logs. */
export const LOCAL_FLOW_LOGS = {
  logGroupName: 'countermand-flow-logs',
  deliveryRoleArn: 'arn:aws:iam::111122223333:role/countermand-flow-logs',
};

const TRAFFIC = ['ALL', 'ACCEPT', 'REJECT'];
const INTERVALS = [60, 600];
const FLOW_LOG_ID = /^fl-([0-9a-f]{8}|[0-9a-f]{17})$/;
const INTERFACE_ID = /^eni-([0-9a-f]{8}|[0-9a-f]{17})$/;
const FILTERS = ['resource-id', 'tag-key'];

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const refuse = (name: string, message: string) => awsFailure(name, 400, message);
const item = (ResourceId: string, Code: string, Message: string) => ({
  ResourceId,
  Error: { Code, Message },
});

type Create = Parameters<FlowLogApi['createFlowLogs']>[0];
type Describe = Parameters<FlowLogApi['describeFlowLogs']>[0];
type Delete = Parameters<FlowLogApi['deleteFlowLogs']>[0];

/**
 * `interfaces` returns the existing network interfaces.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteFlowLogs.html
 */
export function createFlowLogs(
  file: StateFile<FlowLogState>,
  interfaces: () => readonly string[],
): FlowLogApi {
  const createOne = (wanted: Omit<Kept, 'id'>) => {
    const { resourceId } = wanted;
    const state = file.read();
    if (!interfaces().includes(resourceId))
      return item(resourceId, 'InvalidNetworkInterfaceID.NotFound', `${resourceId} does not exist`);
    const there = state.flowLogs.filter((one) => one.resourceId === resourceId);
    if (
      there.some(
        (one) => one.logGroupName === wanted.logGroupName && one.trafficType === wanted.trafficType,
      )
    )
      return item(
        resourceId,
        'FlowLogAlreadyExists',
        'There is an existing Flow Log with the same configuration and log destination',
      );
    if (there.length >= MAX_FLOW_LOGS)
      return item(resourceId, 'FlowLogsLimitExceeded', 'You have reached the limit of flow logs');
    const made = state.made + 1;
    const id = `fl-${made.toString(16).padStart(17, '0')}`;
    file.write({ ...state, made, flowLogs: [...state.flowLogs, { ...wanted, id }] });
    return id;
  };

  const api = {
    createFlowLogs: async (request: Create) => {
      const { ClientToken, ...rest } = request;
      const text = JSON.stringify(rest);
      const known = ClientToken ? file.read().tokens[ClientToken] : undefined;
      if (known && known.request !== text)
        throw refuse('IdempotentParameterMismatch', 'The request uses the same client token');
      // A repeated token returns the first response, even if the flow log was deleted.
      if (known) return { FlowLogIds: [known.id], ClientToken, Unsuccessful: [], $metadata: {} };
      const made = checked(request).map(createOne);
      const ids = made.filter((one) => typeof one === 'string');
      if (ClientToken && ids[0]) {
        const state = file.read();
        const tokens = { ...state.tokens, [ClientToken]: { request: text, id: ids[0] } };
        file.write({ ...state, tokens });
      }
      return {
        FlowLogIds: ids,
        ClientToken,
        Unsuccessful: made.filter((one) => typeof one !== 'string'),
        $metadata: {},
      };
    },
    describeFlowLogs: async ({ Filter = [] }: Describe) => {
      const other = Filter.find(({ Name = '' }) => !FILTERS.includes(Name));
      if (other) throw refuse('InvalidParameterValue', `The filter '${other.Name}' is invalid`);
      const found = file
        .read()
        .flowLogs.filter((one) =>
          Filter.every(({ Name, Values = [] }) =>
            Name === 'resource-id'
              ? Values.includes(one.resourceId)
              : one.tags.some(({ Key = '' }) => Values.includes(Key)),
          ),
        );
      return { FlowLogs: found.map(shown), $metadata: {} };
    },
    describeNetworkInterfaces: async ({
      NetworkInterfaceIds = [],
    }: Parameters<FlowLogApi['describeNetworkInterfaces']>[0]) => {
      const missing = NetworkInterfaceIds.find((id) => !interfaces().includes(id));
      if (missing)
        throw refuse(
          'InvalidNetworkInterfaceID.NotFound',
          `The networkInterface ID '${missing}' does not exist`,
        );
      const found = NetworkInterfaceIds.map((NetworkInterfaceId) => ({ NetworkInterfaceId }));
      return { NetworkInterfaces: found, $metadata: {} };
    },
    deleteFlowLogs: async ({ FlowLogIds = [] }: Delete) => {
      if (FlowLogIds.length === 0) throw refuse('MissingParameter', 'FlowLogIds is missing');
      const malformed = FlowLogIds.find((id) => !FLOW_LOG_ID.test(id));
      if (malformed) throw refuse('InvalidFlowLogId.Malformed', `Invalid id: "${malformed}"`);
      const state = file.read();
      const missing = FlowLogIds.filter((id) => !state.flowLogs.some((one) => one.id === id));
      const flowLogs = state.flowLogs.filter(({ id }) => !FlowLogIds.includes(id));
      file.write({ ...state, flowLogs });
      return {
        Unsuccessful: missing.map((id) =>
          item(id, 'InvalidFlowLogId.NotFound', 'The specified flow log does not exist'),
        ),
        $metadata: {},
      };
    },
  };
  return api as unknown as FlowLogApi;
}

/** The validated request, one entry per resource. */
function checked(request: Create): Omit<Kept, 'id'>[] {
  const { ResourceIds = [], ResourceType, TrafficType = '', LogGroupName = '' } = request;
  const { DeliverLogsPermissionArn = '', MaxAggregationInterval = 600 } = request;
  if (ResourceType !== 'NetworkInterface')
    throw refuse('InvalidParameterValue', `the stand-in knows no ${ResourceType}`);
  if (ResourceIds.length === 0) throw refuse('MissingParameter', 'ResourceIds is missing');
  const malformed = ResourceIds.find((id) => !INTERFACE_ID.test(id));
  if (malformed) throw refuse('InvalidNetworkInterfaceId.Malformed', `Invalid id: "${malformed}"`);
  if (!TRAFFIC.includes(TrafficType))
    throw refuse('InvalidParameterValue', `Traffic type ${TrafficType} is not valid`);
  if (!INTERVALS.includes(MaxAggregationInterval))
    throw refuse('InvalidParameter', 'Flow Log Max Aggregation Interval must be 60 or 600');
  if ((request.LogDestinationType ?? 'cloud-watch-logs') !== 'cloud-watch-logs' || !LogGroupName)
    throw refuse('InvalidParameter', 'LogDestination or LogGroupName is missing');
  if (!DeliverLogsPermissionArn)
    throw refuse('InvalidParameter', 'DeliverLogsPermissionArn is missing');
  const tags = (request.TagSpecifications ?? []).flatMap(({ ResourceType: of, Tags = [] }) => {
    if (of !== 'vpc-flow-log') throw refuse('InvalidParameterValue', `'${of}' is not created here`);
    return Tags;
  });
  return ResourceIds.map((resourceId) => ({
    resourceId,
    trafficType: TrafficType as Kept['trafficType'],
    logGroupName: LogGroupName,
    roleArn: DeliverLogsPermissionArn,
    interval: MaxAggregationInterval,
    format: request.LogFormat,
    tags,
  }));
}

const shown = (one: Kept): FlowLog => ({
  FlowLogId: one.id,
  FlowLogStatus: 'ACTIVE',
  ResourceId: one.resourceId,
  TrafficType: one.trafficType,
  LogDestinationType: 'cloud-watch-logs',
  LogGroupName: one.logGroupName,
  DeliverLogsPermissionArn: one.roleArn,
  DeliverLogsStatus: 'SUCCESS',
  MaxAggregationInterval: one.interval,
  ...(one.format && { LogFormat: one.format }),
  Tags: one.tags,
});

export const standIn: StandIn = {
  connect({ state }) {
    const network = state<Ec2State>('ec2', LOCAL_NETWORK);
    const flowLogs = state('flow-logs', NO_FLOW_LOGS);
    const ec2 = createFlowLogs(flowLogs, () => network.read().interfaces.map(({ id }) => id));
    return [connected(recordFlows, { ec2, destination: LOCAL_FLOW_LOGS, sleep: noSleep })];
  },
};
