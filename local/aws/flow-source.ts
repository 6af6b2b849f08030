// The stand-in of VPC flow logs in CloudWatch Logs: traffic of one instance.
import type { FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import type { FlowLog } from '@aws-sdk/client-ec2';
import type { FlowLogApi } from '../../functions/enrich/flow-logs.ts';
import type { FlowSource } from '../../functions/enrich/flows.ts';
import {
  createFlowLogs,
  type FlowLogState,
  LOCAL_FLOW_LOGS,
} from '../../functions/mechanisms/flow-log/stand-in.ts';
import { awsFailure, type StateFile } from '../../functions/mechanisms/stand-in.ts';

/** Named by policies/accounts/local.yaml. */
const GROUP = 'vpc-flow-logs';
const VPC = 'vpc-0123456789abcdef0';
const FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags';
const VPC_FLOW_LOG: FlowLog = {
  FlowLogId: 'fl-0a0b0c0d0e0f01020',
  FlowLogStatus: 'ACTIVE',
  ResourceId: VPC,
  TrafficType: 'ALL',
  LogDestinationType: 'cloud-watch-logs',
  LogGroupName: GROUP,
  LogFormat: FIELDS.replaceAll(/[\w-]+/g, '${$&}'),
  CreationTime: new Date('2026-01-05T08:00:00Z'),
};

/** The instance in the sample about SSH. */
const INTERFACE = 'eni-0f1e2d3c4b5a69782';
const HOST = '10.20.1.18';
const SYN = '2';
const SYN_ACK = '18';

/** Passwords are guessed on SSH and refused; telnet is closed; the host talks to a mirror of packages. */
function linesAt(now: number): string[] {
  const line = (minutesAgo: number, fields: string, action = 'ACCEPT', flags = '0') => {
    const start = Math.floor(now / 60_000 - minutesAgo) * 60;
    const [packets, ...flow] = fields.split(' ');
    return `2 111122223333 ${INTERFACE} ${flow.join(' ')} 6 ${packets?.replace('/', ' ')} ${start} ${start + 59} ${action} OK ${flags}`;
  };
  const guesses = Array.from({ length: 24 }, (_, i) => {
    const minutesAgo = 9 - Math.floor(i / 3);
    const port = 32_794 + i;
    return [
      line(minutesAgo, `18/3620 203.0.113.101 ${HOST} ${port} 22`, 'ACCEPT', SYN),
      line(minutesAgo, `16/4180 ${HOST} 203.0.113.101 22 ${port}`, 'ACCEPT', SYN_ACK),
    ];
  });
  return [
    line(10, `3/180 203.0.113.101 ${HOST} 32790 23`, 'REJECT', SYN),
    ...guesses.flat(),
    line(7, `40/5200 ${HOST} 198.51.100.80 41022 443`, 'ACCEPT', SYN),
    line(7, `52/61000 198.51.100.80 ${HOST} 443 41022`, 'ACCEPT', SYN_ACK),
  ];
}

export function createFlowSource(given: {
  ec2: Pick<FlowLogApi, 'describeNetworkInterfaces'>;
  flowLogs: StateFile<FlowLogState>;
  now: () => Date;
}): FlowSource {
  const made = createFlowLogs(given.flowLogs, () => []);
  const describeFlowLogs = async (request: Parameters<FlowLogApi['describeFlowLogs']>[0]) => {
    const { FlowLogs = [] } = await made.describeFlowLogs(request);
    const places = request.Filter?.flatMap(({ Values = [] }) => Values) ?? [];
    return { FlowLogs: [...FlowLogs, ...(places.includes(VPC) ? [VPC_FLOW_LOG] : [])] };
  };
  const filterLogEvents = async ({
    logGroupName = '',
    logStreamNamePrefix = '',
    startTime = 0,
    endTime = Number.POSITIVE_INFINITY,
  }: Parameters<FlowSource['logs']['filterLogEvents']>[0]) => {
    if (![GROUP, LOCAL_FLOW_LOGS.logGroupName].includes(logGroupName))
      throw awsFailure('ResourceNotFoundException', 400, 'The specified log group does not exist.');
    const logStreamName = `${INTERFACE}-all`;
    const lines = logGroupName === GROUP ? linesAt(given.now().getTime()) : [];
    const events: FilteredLogEvent[] = lines
      .map((message) => ({
        ...{ message, logStreamName },
        timestamp: Number(message.split(' ')[10]) * 1000,
      }))
      .filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime);
    return { events: logStreamName.startsWith(logStreamNamePrefix) ? events : [] };
  };
  return {
    ec2: { ...given.ec2, describeFlowLogs } as unknown as FlowLogApi,
    logs: { filterLogEvents } as unknown as FlowSource['logs'],
    ownGroup: LOCAL_FLOW_LOGS.logGroupName,
  };
}
