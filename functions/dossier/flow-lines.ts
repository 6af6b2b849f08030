// Lines of evidence about the traffic of hosts in VPC flow logs.
import type { EntityFacts } from '../domain/facts.ts';
import type { Flows, Peer } from '../domain/flows.ts';
import type { EvidenceLine } from './evidence-lines.ts';
import { minute } from './values.ts';

/** Of the whole alert: connections with addresses of the alert. One more line for each host counts all others. */
const MAX_PEER_LINES = 3;

/** What shows an act comes first. */
export function flowLines(facts: readonly EntityFacts[]): EvidenceLine[] {
  const read = facts.flatMap(({ ref, flows }) =>
    flows?.known ? [{ host: ref, flows: flows.value }] : [],
  );
  const peers = read
    .flatMap(({ host, flows }) => flows.peers.map((peer) => ({ host, flows, peer })))
    .toSorted((a, b) => Number(b.peer.proven > 0) - Number(a.peer.proven > 0));
  const left =
    peers.length - MAX_PEER_LINES + read.reduce((sum, one) => sum + one.flows.otherPeers, 0);
  return [
    ...peers.slice(0, MAX_PEER_LINES).map(({ host, flows, peer }) => peerLine(host, flows, peer)),
    ...read.map(({ host, flows }, index) =>
      othersLine(host, flows, index === 0 ? Math.max(0, left) : 0),
    ),
  ];
}

/** The references are those whose act it shows. An accepted connection to the host is no act of the host. */
function peerLine(host: string, flows: Flows, peer: Peer): EvidenceLine {
  const { ref, begunBy, accepted, rejected, proven, bytesIn, bytesOut } = peer;
  const count = countIn(flows);
  const who = {
    address: `from ${ref} to ${host}`,
    host: `from ${host} to ${ref}`,
    unclear: `between ${host} and ${ref}, begun by=unclear`,
  };
  const said = [
    who[begunBy],
    `accepted=${recorded(flows, 'rejected', accepted, count)}`,
    `rejected=${recorded(flows, 'accepted', rejected, count)}`,
    ...(begunBy === 'address' ? [`data both ways=${count(proven)}`] : []),
    `ports=${portsOf(peer)}`,
    `in=${count(bytesIn, sizeOf)}`,
    `out=${count(bytesOut, sizeOf)}`,
  ];
  const isAct = proven > 0;
  return lineOf(isAct ? 'flow' : 'traffic', {
    time: timeOf(peer.firstAt, peer.lastAt),
    refs: isAct && begunBy === 'address' ? [ref] : [host, ref],
    said: said.join(', '),
  });
}

function othersLine(host: string, flows: Flows, left: number): EvidenceLine {
  const { begunByHost: own, begunByOthers: foreign, unclear } = flows.others;
  const count = countIn(flows);
  const said = [
    'with other addresses',
    `begun by the host=${count(own.connections)} to ${count(own.publicAddresses)} public addresses`,
    `out=${count(own.bytesOut, sizeOf)}`,
    `begun by others=${count(foreign.accepted)} accepted and ${count(foreign.rejected)} rejected from ${count(foreign.addresses)} addresses`,
    unclear > 0 && `begun by either=${count(unclear)}`,
    flows.notListed.length > 0 &&
      `nothing listed yet ${flows.isComplete ? '' : 'in the part that was read '}with=${flows.notListed.slice(0, 6).join(' ')}`,
    flows.recorded !== 'all' && `recorded=${flows.recorded} only`,
    flows.unreadable > 0 && `unreadable lines=${flows.unreadable}`,
    left > 0 && `${left} lines about addresses of the alert left out`,
  ];
  return lineOf('traffic', {
    ...{ time: timeOf(flows.from, flows.to), refs: [host] },
    said: said.filter(Boolean).join(', '),
  });
}

const lineOf = (
  kind: 'flow' | 'traffic',
  { time, refs, said }: { time: string; refs: string[]; said: string },
): EvidenceLine => ({
  text: `flow-logs ${time} ${kind} about ${refs.join(' ')}: ${said}`,
  ...{ source: 'flow-logs', kind, refs, isUntrusted: false },
});

type Counted = (value: number, shown?: (value: number) => string) => string;
const countIn =
  ({ isComplete }: Flows): Counted =>
  (value, shown = String) =>
    `${isComplete ? '' : 'at least '}${shown(value)}`;

/** A flow log that records only the other kind says nothing about this one. */
const recorded = (
  flows: Flows,
  missing: Flows['recorded'],
  value: number,
  count: Counted,
): string => (value === 0 && flows.recorded === missing ? 'not recorded' : count(value));

const portsOf = ({ ports, otherPorts }: Peer): string =>
  `${ports.join(' ')}${otherPorts > 0 ? ` and ${otherPorts} more` : ''}`;

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
/** `1.2 MB`. */
export function sizeOf(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}

const timeOf = (from: string, to: string): string => {
  const [first, last] = [minute(from), minute(to)];
  return first === last ? first : `${first} to ${last}`;
};
