// The flow logs of one network interface: which are ours, one more, one less. EC2 shows a change a little later than it makes it.
import type { EC2, FlowLog, UnsuccessfulItem } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import { aws, typedAwsError } from '../../platform/aws-errors.ts';
import { lookUntil, type Sleep } from '../look-until.ts';

/** The three calls that we make; a stand-in implements the same. */
export type FlowLogApi = Pick<EC2, 'createFlowLogs' | 'describeFlowLogs' | 'deleteFlowLogs'>;

/** Where the stack has flow logs written to, and the role that EC2 writes with. */
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

/** On what we make, with the action that made it. Rights to delete hang on it: permissions.ts beside this file. */
export const TAG = 'countermand-action';

/**
 * Flow logs of one interface; it cannot be raised. Those of its subnet and its VPC count for themselves.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
export const MOST_FLOW_LOGS = 2;

/** In seconds; 600 is the other one. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html */
const AGGREGATION_SECONDS = 60;

/** @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html */
const LOOKS = { most: 6, betweenMs: 1_000 };

/** `ours`: ours by tag and destination. `untagged`: it writes where only ours write, without our tag. */
export type Whose = 'ours' | 'untagged' | 'others';
export type Found = { id: string; whose: Whose; active: boolean; trouble: string | null };

export function createFlowLogAccess({ ec2, destination, sleep }: FlowLogClients) {
  const whoseIs = ({ LogGroupName, Tags = [] }: FlowLog): Whose => {
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
            whose: whoseIs(one),
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

    /** Looks until it is as expected, or for a few seconds; returns what was seen last. */
    listUntil: (interfaceId: string, expected: (found: Found[]) => boolean): Promise<Found[]> =>
      lookUntil(expected, () => list(interfaceId), { ...LOOKS, sleep }),

    /** Idempotent per action: EC2 knows the token. */
    async create(interfaceId: string, { actionId, incidentId }: Ids): Promise<void> {
      const ids = { interfaceId, actionId };
      const { Unsuccessful } = await aws('creating the flow log', ids, () =>
        ec2.createFlowLogs({
          ResourceType: 'NetworkInterface',
          ResourceIds: [interfaceId],
          TrafficType: 'ALL',
          MaxAggregationInterval: AGGREGATION_SECONDS,
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
        }),
      );
      refuse('creating the flow log', ids, Unsuccessful);
    },

    async remove(interfaceId: string, flowLogIds: string[]): Promise<void> {
      const ids = { interfaceId, flowLogs: flowLogIds.join(', ') };
      const { Unsuccessful } = await aws('deleting the flow log', ids, () =>
        ec2.deleteFlowLogs({ FlowLogIds: flowLogIds }),
      );
      refuse('deleting the flow log', ids, Unsuccessful);
    },
  };
}

type Ids = { actionId: string; incidentId: string };

/** Neither call throws for a single resource: the refusal stands in the answer, with the code that would be thrown. */
function refuse(
  what: string,
  ids: Record<string, string>,
  [first]: readonly UnsuccessfulItem[] = [],
): void {
  if (!first) return;
  const { Code: code = 'unknown', Message: message = 'no reason' } = first.Error ?? {};
  // Seen as a name, and as a bare HTTP status.
  const httpStatusCode = /^\d{3}$/.test(code) ? Number(code) : 400;
  const cause = Object.assign(new Error(message), { name: code, $metadata: { httpStatusCode } });
  throw typedAwsError(what, ids, cause);
}
