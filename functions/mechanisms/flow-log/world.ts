// Reads the flow logs of this stack for the world check.
import type { EC2 } from '@aws-sdk/client-ec2';
import { aws } from '../../platform/aws-errors.ts';
import { every, type Permissions } from '../permissions.ts';
import type { Entry, WorldReader } from '../world.ts';
import { type FlowLogClients, TAG } from './flow-logs.ts';
import { recordFlowsInfo } from './interface-flows.ts';

export type FlowLogWorldClients = {
  ec2: Pick<EC2, 'describeFlowLogs'>;
  destination: FlowLogClients['destination'];
};

export const worldPermissions: Permissions = (stack) => [
  {
    sid: 'SeeFlowLogs',
    actions: ['ec2:DescribeFlowLogs'],
    resources: [every('*', 'ec2:DescribeFlowLogs supports no resource ARNs')],
    conditions: { StringEquals: { 'ec2:Region': stack.region } },
  },
];

export function createWorld({ ec2, destination }: FlowLogWorldClients): WorldReader {
  return {
    scope: 'flow-log',
    entriesOf: ({ mechanism, parameters }) =>
      mechanism === recordFlowsInfo.id ? [flowLogOf(String(parameters.interfaceId))] : [],
    async read() {
      const entries: Entry[] = [];
      let NextToken: string | undefined;
      do {
        const page = await aws('reading the flow logs', {}, () =>
          ec2.describeFlowLogs({
            Filter: [{ Name: 'tag-key', Values: [TAG] }],
            ...(NextToken && { NextToken }),
          }),
        );
        entries.push(
          ...(page.FlowLogs ?? [])
            .filter(({ LogGroupName }) => LogGroupName === destination.logGroupName)
            .map(({ ResourceId = '' }) => flowLogOf(ResourceId)),
        );
        NextToken = page.NextToken;
      } while (NextToken);
      return entries;
    },
  };
}

/** A flow log of a subnet or a network records more than one interface. */
const flowLogOf = (resourceId: string): Entry => ({
  id: `flow-log:${resourceId}`,
  text: `a flow log of this stack on ${resourceId}`,
  ...(!resourceId.startsWith('eni-') && { isWide: true as const }),
});
