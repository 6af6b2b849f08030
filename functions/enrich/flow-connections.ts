// Joins the records of both directions to connections, and says who began each.
import type { Peer } from '../domain/flows.ts';
import type { FlowRecord } from './flow-records.ts';

/** What one direction of a connection carried. */
type Direction = {
  bytes: number;
  /** Whether a record has more bytes than empty packets have. */
  hasData: boolean;
  isAccepted: boolean;
  /** Which packets a SYN was seen in: alone, or with an ACK. */
  syn: boolean;
  synAck: boolean;
};
export type Connection = {
  remote: string;
  protocol: number;
  localPort: number;
  remotePort: number;
  in: Direction | null;
  out: Direction | null;
  start: number;
  end: number;
};

/** Records that do not say which side is the host are left out. */
export function connectionsIn(
  records: readonly FlowRecord[],
  isOwn: (address: string) => boolean,
): { connections: Connection[]; leftOut: number } {
  const all = new Map<string, Connection>();
  let leftOut = 0;
  for (const record of records) {
    const isInbound = directionOf(record, isOwn);
    if (isInbound === null) {
      leftOut++;
      continue;
    }
    const { protocol, sourcePort, destinationPort, start, end } = record;
    const remote = isInbound ? record.packetSource : record.packetDestination;
    const [localPort, remotePort] = isInbound
      ? [destinationPort, sourcePort]
      : [sourcePort, destinationPort];
    const key = `${protocol} ${localPort} ${remote} ${remotePort}`;
    const before = all.get(key) ?? {
      ...{ remote, protocol, localPort, remotePort, start, end },
      ...{ in: null, out: null },
    };
    const side = isInbound ? 'in' : 'out';
    all.set(key, {
      ...before,
      [side]: added(before[side], record),
      start: Math.min(before.start, start),
      end: Math.max(before.end, end),
    });
  }
  return { connections: [...all.values()], leftOut };
}

/** Null if both addresses or neither are the host's own. */
function directionOf(
  { isInbound, source, destination }: FlowRecord,
  isOwn: (address: string) => boolean,
): boolean | null {
  if (isInbound !== null) return isInbound;
  const [from, to] = [isOwn(source), isOwn(destination)];
  return from === to ? null : to;
}

/** The most bytes of headers that a TCP packet has. */
const EMPTY_IPV4 = 60;
const EMPTY_IPV6 = 80;
const SYN = 2;
const ACK = 16;

function added(before: Direction | null, record: FlowRecord): Direction {
  const { packets, bytes, isAccepted, tcpFlags, source } = record;
  const emptyBytes = packets * (source.includes(':') ? EMPTY_IPV6 : EMPTY_IPV4);
  const hasSyn = ((tcpFlags ?? 0) & SYN) !== 0;
  const hasAck = ((tcpFlags ?? 0) & ACK) !== 0;
  return {
    bytes: sumOf(before?.bytes ?? 0, bytes),
    hasData: bytes > emptyBytes || (before?.hasData ?? false),
    isAccepted: isAccepted || (before?.isAccepted ?? false),
    syn: (hasSyn && !hasAck) || (before?.syn ?? false),
    synAck: (hasSyn && hasAck) || (before?.synAck ?? false),
  };
}

/** Stays an exact integer. */
export const sumOf = (a: number, b: number): number => Math.min(a + b, Number.MAX_SAFE_INTEGER);

const TCP = 6;
const UDP = 17;

/**
 * The host's own flags decide, then those of the other side, then the ports. An attacker can choose the port and the
 * flags of its packets, but not those of the host.
 */
export function begunBy(one: Connection): Peer['begunBy'] {
  const { in: inbound, out: outbound } = one;
  if (outbound?.syn && outbound.synAck) return 'unclear';
  if (outbound?.syn) return 'host';
  if (outbound?.synAck || inbound?.syn) return 'address';
  if (one.protocol !== TCP && one.protocol !== UDP) return 'unclear';
  if (isService(one.localPort, one.remotePort)) return 'address';
  return isService(one.remotePort, one.localPort) ? 'host' : 'unclear';
}

/** Clients take their ports from the upper range: from 32768 on Linux, from 49152 on Windows. */
const EPHEMERAL = 32_768;
const WELL_KNOWN = 1_024;
const isService = (port: number, other: number): boolean =>
  (port < WELL_KNOWN && other >= WELL_KNOWN) || (port < EPHEMERAL && other >= EPHEMERAL);

/**
 * Whether it shows an act of the side that began it. For an address: data in both directions of a TCP connection, which
 * no one has who forges the address. For the host: its own SYN, an attempt without any answer, or data in both
 * directions. `sawAll` is false if records may be missing.
 */
export function isProven(one: Connection, sawAll: boolean): boolean {
  switch (begunBy(one)) {
    case 'address':
      return one.in?.isAccepted === true && hasDataBothWays(one);
    case 'host':
      return one.out?.syn === true || (sawAll && one.in === null) || hasDataBothWays(one);
    case 'unclear':
      return false;
  }
}

const hasDataBothWays = ({ protocol, in: inbound, out: outbound }: Connection): boolean =>
  protocol === TCP && inbound?.hasData === true && outbound?.hasData === true;
