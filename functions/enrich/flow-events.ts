// Reads lines of flow logs from CloudWatch Logs, a few pages for each group.
import type { CloudWatchLogs, FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import type { HostInterface } from './flow-logs.ts';
import { type FlowLine, type FlowRecord, flowLine } from './flow-records.ts';

export type FlowEventApi = Pick<CloudWatchLogs, 'filterLogEvents'>;
export type Window = { from: Date; to: Date };

/** Records by interface and content, because two flow logs may record the same. */
export type Read = {
  records: Map<string, { of: HostInterface; record: FlowRecord }>;
  unreadable: number;
  isComplete: boolean;
};

/** Adds to `read`, so that a fault loses nothing that was read before. */
export async function readLines(
  logs: FlowEventApi,
  interfaces: readonly HostInterface[],
  { window, read, abortSignal }: { window: Window; read: Read; abortSignal: AbortSignal },
): Promise<void> {
  for (const of of interfaces)
    for (const { name, formats } of of.groups) {
      // The streams of an interface are `eni-…-all`, `eni-…-accept` and `eni-…-reject`.
      const prefix = `${of.id}-`;
      const wanted = {
        ...{ logGroupName: name, logStreamNamePrefix: prefix },
        ...{ startTime: window.from.getTime(), endTime: window.to.getTime() },
      };
      const isComplete = await eachPage(logs, wanted, abortSignal, (events) => {
        for (const { message = '', logStreamName = '' } of events)
          if (logStreamName.startsWith(prefix)) add(read, of, flowLine(formats, message), window);
      });
      if (!isComplete) read.isComplete = false;
    }
}

/** 10,000 events or 1 MB each. */
const MAX_PAGES = 3;

/** Whether these were all pages. A page may be empty although more follow. */
async function eachPage(
  logs: FlowEventApi,
  wanted: Parameters<FlowEventApi['filterLogEvents']>[0],
  abortSignal: AbortSignal,
  take: (events: readonly FilteredLogEvent[]) => void,
): Promise<boolean> {
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await logs.filterLogEvents(
      { ...wanted, ...(nextToken && { nextToken }) },
      { abortSignal },
    );
    take(answer.events ?? []);
    nextToken = answer.nextToken;
    if (!nextToken) return true;
  }
  return false;
}

const DAY_SECONDS = 86_400;

function add(read: Read, of: HostInterface, line: FlowLine | null, { from, to }: Window): void {
  if (line === 'no-data') return;
  if (line === 'skipped') {
    read.isComplete = false;
    return;
  }
  const isNear =
    line !== null &&
    line.start >= from.getTime() / 1000 - DAY_SECONDS &&
    line.end <= to.getTime() / 1000 + DAY_SECONDS;
  if (isNear) read.records.set(`${of.id} ${JSON.stringify(line)}`, { of, record: line });
  else {
    read.unreadable++;
    read.isComplete = false;
  }
}
