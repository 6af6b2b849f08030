// Parses lines of VPC flow logs by the format of their flow log.
import { canonicalAddress } from '../platform/ip-address.ts';

/** One record: packets in one direction, in one aggregation interval. */
export type FlowRecord = {
  source: string;
  destination: string;
  /** The original addresses of the packets, where something between translated them. */
  packetSource: string;
  packetDestination: string;
  sourcePort: number;
  destinationPort: number;
  /** IANA's number. */
  protocol: number;
  packets: number;
  bytes: number;
  /** Seconds since 1970. */
  start: number;
  end: number;
  isAccepted: boolean;
  /** Null if the format has no such field. */
  isInbound: boolean | null;
  tcpFlags: number | null;
};
/** A record, a line without traffic, or a line that says that records were skipped. */
export type FlowLine = FlowRecord | 'no-data' | 'skipped';

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */
const DEFAULT_FORMAT =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const NEEDED = 'srcaddr dstaddr srcport dstport protocol packets bytes start end action'.split(' ');
const MAX_FIELDS = 60;

export type FlowFormat = readonly string[];

/** The names of the fields in their order. Null if the format lacks a field that is needed. */
export function flowFormat(logFormat: string | undefined): FlowFormat | null {
  const fields = logFormat
    ? [...logFormat.matchAll(/\$\{([a-z\d-]{1,40})\}/g)].map(([, name = '']) => name)
    : DEFAULT_FORMAT.split(' ');
  const isUsable = fields.length <= MAX_FIELDS && NEEDED.every((name) => fields.includes(name));
  return isUsable ? fields : null;
}

/**
 * Flow logs of several formats may share a log stream. Null for a line that fits none of them, or two of them in
 * different ways.
 */
export function flowLine(formats: readonly FlowFormat[], message: string): FlowLine | null {
  const values = message.trim().split(' ');
  const read = formats
    .filter((format) => format.length === values.length)
    .flatMap((format) => lineIn(new Map(format.map((name, i) => [name, values[i] ?? '-']))) ?? []);
  const [first, ...others] = read;
  const isClear = others.every((one) => JSON.stringify(one) === JSON.stringify(first));
  return first && isClear ? first : null;
}

function lineIn(fields: ReadonlyMap<string, string>): FlowLine | null {
  if (fields.get('log-status') === 'SKIPDATA') return 'skipped';
  // As in a line with the status NODATA. A format may lack the status.
  if (NEEDED.slice(0, 7).every((name) => fields.get(name) === '-')) return 'no-data';
  const number = (name: string, pattern: RegExp): number => {
    const text = fields.get(name) ?? '';
    return pattern.test(text) ? Number(text) : Number.NaN;
  };
  const address = (name: string): string | null => hostIn(fields.get(name) ?? '');
  const source = address('srcaddr');
  const destination = address('dstaddr');
  const action = fields.get('action') ?? '';
  const numbers = {
    sourcePort: number('srcport', PORT),
    destinationPort: number('dstport', PORT),
    protocol: number('protocol', /^(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/),
    packets: number('packets', COUNT),
    bytes: number('bytes', COUNT),
    start: number('start', SECONDS),
    end: number('end', SECONDS),
  };
  const isValid =
    Object.values(numbers).every((one) => !Number.isNaN(one)) &&
    Math.max(numbers.sourcePort, numbers.destinationPort) <= 65_535 &&
    numbers.start <= numbers.end;
  if (!source || !destination || !isValid || !/^(?:ACCEPT|REJECT)$/.test(action)) return null;
  const flags = number('tcp-flags', /^\d{1,3}$/);
  return {
    ...{ source, destination, ...numbers },
    packetSource: address('pkt-srcaddr') ?? source,
    packetDestination: address('pkt-dstaddr') ?? destination,
    isAccepted: action === 'ACCEPT',
    isInbound: DIRECTIONS.get(fields.get('flow-direction') ?? '') ?? null,
    tcpFlags: Number.isNaN(flags) ? null : flags,
  };
}

const PORT = /^\d{1,5}$/;
/** Far above what an interface can carry in ten minutes. */
const COUNT = /^\d{1,14}$/;
const SECONDS = /^\d{9,10}$/;
const DIRECTIONS: ReadonlyMap<string, boolean> = new Map([
  ['ingress', true],
  ['egress', false],
]);

const hostIn = (text: string): string | null =>
  text.includes('/') || text.length > 45 ? null : canonicalAddress(text);
