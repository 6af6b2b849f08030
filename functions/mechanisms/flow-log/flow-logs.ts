// Lists, creates and deletes the flow logs of a network interface.
import type { EC2, FlowLog, UnsuccessfulItem } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import { aws, typedAwsError } from '../../platform/aws-errors.ts';
import { pollUntil, type Sleep } from '../poll-until.ts';
import { onTarget } from '../target-gone.ts';

/** The calls used. The stand-in implements the same ones. */
export type FlowLogApi = Pick<
  EC2,
  'createFlowLogs' | 'describeFlowLogs' | 'deleteFlowLogs' | 'describeNetworkInterfaces'
>;

/** The log group of the stack's flow logs, and the role with which EC2 writes to it. */
export const FlowLogDestination = z.strictObject({
  logGroupName: z.string().check(z.minLength(1)),
  deliveryRoleArn: z.string().check(z.startsWith('arn:')),
});
type FlowLogDestination = z.infer<typeof FlowLogDestination>;

export type FlowLogClients = {
  ec2: FlowLogApi;
  destination: FlowLogDestination;
  sleep: Sleep;
};

/** Tags our flow logs with their action. The permission to delete depends on it: see permissions.ts. */
export const TAG = 'countermand-action';

/**
 * Quota of flow logs per interface, which can't be raised. Flow logs of the subnet and the VPC count separately.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
export const MAX_FLOW_LOGS = 2;

/** The alternative is 600. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html */
const AGGREGATION_SECONDS = 60;

/**
 * The default format, then TCP flags and direction: they say who began a connection.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 */
const LOG_FORMAT =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags flow-direction'
    .split(' ')
    .map((field) => `\${${field}}`)
    .join(' ');

/** @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html */
const POLL = { maxReads: 6, betweenMs: 1_000 };

/** `ours`: our tag and log group. `untagged`: our log group without our tag. */
export type Owner = 'ours' | 'untagged' | 'others';
export type Found = { id: string; owner: Owner; active: boolean; trouble: string | null };

export function createFlowLogAccess({ ec2, destination, sleep }: FlowLogClients) {
  const ownerOf = ({ LogGroupName, Tags = [] }: FlowLog): Owner => {
    if (LogGroupName !== destination.logGroupName) return 'others';
    return Tags.some(({ Key }) => Key === TAG) ? 'ours' : 'untagged';
  };

  async function list(interfaceId: string): Promise<Found[]> {
    const { FlowLogs = [] } = await aws('reading the flow logs', { interfaceId }, () =>
      ec2.describeFlowLogs({ Filter: [{ Name: 'resource-id', Values: [interfaceId] }] }),
    );
    return FlowLogs.flatMap((one) =>
      one.FlowLogId
        ? {
            id: one.FlowLogId,
            owner: ownerOf(one),
            active: one.FlowLogStatus === 'ACTIVE',
            trouble:
              one.DeliverLogsStatus === 'FAILED'
                ? (one.DeliverLogsErrorMessage ?? 'unknown')
                : null,
          }
        : [],
    );
  }

  return {
    list,

    /** Polls for some seconds until `expected` returns true, and returns the last result. */
    listUntil: (interfaceId: string, expected: (found: Found[]) => boolean): Promise<Found[]> =>
      pollUntil(expected, () => list(interfaceId), { ...POLL, sleep }),

    /** Idempotent per action, through the client token. */
    async create(interfaceId: string, { actionId, incidentId }: Ids): Promise<void> {
      const ids = { interfaceId, actionId };
      const request = () =>
        ec2.createFlowLogs({
          ResourceType: 'NetworkInterface',
          ResourceIds: [interfaceId],
          TrafficType: 'ALL',
          MaxAggregationInterval: AGGREGATION_SECONDS,
          LogFormat: LOG_FORMAT,
          LogDestinationType: 'cloud-watch-logs',
          LogGroupName: destination.logGroupName,
          DeliverLogsPermissionArn: destination.deliveryRoleArn,
          ClientToken: `${actionId}-${interfaceId}`,
          TagSpecifications: [
            {
              ResourceType: 'vpc-flow-log',
              Tags: [
                { Key: TAG, Value: actionId },
                { Key: 'countermand-incident', Value: incidentId },
              ],
            },
          ],
        });
      await onTarget(nameOf(interfaceId), NO_SUCH_INTERFACE, async () => {
        const { Unsuccessful } = await aws('creating the flow log', ids, request);
        throwFirst('creating the flow log', ids, Unsuccessful);
      });
    },

    /** Throws TargetGone if the interface no longer exists: then its flow logs are missing for that reason. */
    async rejectMissingInterface(interfaceId: string): Promise<void> {
      await onTarget(nameOf(interfaceId), NO_SUCH_INTERFACE, () =>
        aws('reading the network interface', { interfaceId }, () =>
          ec2.describeNetworkInterfaces({ NetworkInterfaceIds: [interfaceId] }),
        ),
      );
    },

    async remove(interfaceId: string, flowLogIds: string[]): Promise<void> {
      const ids = { interfaceId, flowLogs: flowLogIds.join(', ') };
      const { Unsuccessful } = await aws('deleting the flow log', ids, () =>
        ec2.deleteFlowLogs({ FlowLogIds: flowLogIds }),
      );
      throwFirst('deleting the flow log', ids, Unsuccessful);
    },
  };
}

const NO_SUCH_INTERFACE = ['InvalidNetworkInterfaceID.NotFound'];
const nameOf = (interfaceId: string): string => `the network interface ${interfaceId}`;

type Ids = { actionId: string; incidentId: string };

/** Throws the first error of a response. For a single resource, neither call throws: it returns the error code. */
function throwFirst(
  what: string,
  ids: Record<string, string>,
  [first]: readonly UnsuccessfulItem[] = [],
): void {
  if (!first) return;
  const { Code: code = 'unknown', Message: message = 'no reason' } = first.Error ?? {};
  // The code is either a name or an HTTP status.
  const httpStatusCode = /^\d{3}$/.test(code) ? Number(code) : 400;
  const cause = Object.assign(new Error(message), { name: code, $metadata: { httpStatusCode } });
  throw typedAwsError(what, ids, cause);
}
