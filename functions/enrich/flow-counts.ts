// Reduces the connections of a host to counts, for each address of the alert.
import * as z from 'zod/mini';
import type { Entity } from '../domain/alert.ts';
import { type Flows, MAX_PEERS, Peer } from '../domain/flows.ts';
import { Count } from '../domain/reference.ts';
import { parseAddress } from '../platform/ip-address.ts';
import { begunBy, type Connection, isProven, sumOf } from './flow-connections.ts';
import { isWithin } from './intervals.ts';

const MAX_PORTS_KEPT = 20;

/** Connections between the host and one address that the same side began. Times are seconds since 1970. */
export const Remote = z.strictObject({
  address: z.string(),
  ...z.pick(Peer, {
    ...{ begunBy: true, accepted: true, rejected: true, proven: true },
    ...{ bytesIn: true, bytesOut: true, otherPorts: true },
  }).shape,
  /** Each with the number of connections, the most frequent first. */
  ports: z.array(z.tuple([Count, Count])).check(z.maxLength(MAX_PORTS_KEPT)),
  start: Count,
  end: Count,
});
export type Remote = z.infer<typeof Remote>;

/** All records of connections that ended by `seenUntil`, in seconds, were read. */
export function remotesOf(connections: readonly Connection[], seenUntil: number): Remote[] {
  const groups = Map.groupBy(connections, (one) => `${begunBy(one)} ${one.remote}`);
  return [...groups.values()].flatMap((all) => (all[0] ? remoteOf(all[0], all, seenUntil) : []));
}

function remoteOf(first: Connection, all: readonly Connection[], seenUntil: number): Remote {
  const by = begunBy(first);
  const accepted = all.filter(isAccepted).length;
  const ports = Map.groupBy(all, (one) => contactedPort(one, by));
  return {
    ...{ address: first.remote, begunBy: by, accepted, rejected: all.length - accepted },
    proven: all.filter((one) => isProven(one, one.end <= seenUntil)).length,
    bytesIn: all.reduce((sum, one) => sumOf(sum, one.in?.bytes ?? 0), 0),
    bytesOut: all.reduce((sum, one) => sumOf(sum, one.out?.bytes ?? 0), 0),
    ...mostFrequent(
      [...ports].map(([port, { length }]) => [port, length]),
      MAX_PORTS_KEPT,
    ),
    start: all.reduce((start, one) => Math.min(start, one.start), Number.MAX_SAFE_INTEGER),
    end: all.reduce((end, one) => Math.max(end, one.end), 0),
  };
}

function mostFrequent(
  ports: [number, number][],
  most: number,
): Pick<Remote, 'ports' | 'otherPorts'> {
  const sorted = ports.toSorted(([, a], [, b]) => b - a);
  return { ports: sorted.slice(0, most), otherPorts: Math.max(0, sorted.length - most) };
}

const contactedPort = ({ localPort, remotePort }: Connection, by: Peer['begunBy']): number =>
  by === 'host' ? remotePort : localPort;

/** The first packets decide: those of the side that began it. */
function isAccepted(one: Connection): boolean {
  const by = begunBy(one);
  if (by === 'host') return one.out?.isAccepted ?? false;
  if (by === 'address') return one.in?.isAccepted ?? false;
  return [one.in, one.out].some((side) => side?.isAccepted);
}

type Addresses = readonly Pick<Entity, 'ref' | 'value'>[];
type Counts = Pick<Flows, 'peers' | 'otherPeers' | 'notListed' | 'others'>;

/** `addresses` are those of the alert that are not the host's own. */
export function countsOf(remotes: readonly Remote[], addresses: Addresses): Counts {
  const refs = refFinder(addresses);
  const byPeer = Map.groupBy(
    remotes.filter((one) => refs(one.address) !== null),
    (one) => `${one.begunBy} ${refs(one.address)}`,
  );
  const peers = [...byPeer.values()]
    .flatMap((all) => (all[0] ? peerOf(refs(all[0].address) ?? '', all[0], all) : []))
    .toSorted((a, b) => b.proven - a.proven || b.accepted - a.accepted || b.rejected - a.rejected);
  const listed = new Set(peers.map(({ ref }) => ref));
  return {
    peers: peers.slice(0, MAX_PEERS),
    otherPeers: Math.max(0, peers.length - MAX_PEERS),
    notListed: addresses.flatMap(({ ref }) => (listed.has(ref) ? [] : ref)).slice(0, 20),
    others: othersOf(remotes.filter((one) => refs(one.address) === null)),
  };
}

/** The first entity that is or contains the address. */
function refFinder(addresses: Addresses): (remote: string) => string | null {
  const found = new Map<string, string | null>();
  return (remote) => {
    const known = found.get(remote);
    if (known !== undefined) return known;
    const ref = addresses.find(({ value }) => isWithin(value, remote))?.ref ?? null;
    found.set(remote, ref);
    return ref;
  };
}

const MAX_PORTS = 5;

type Countable = 'accepted' | 'rejected' | 'proven' | 'bytesIn' | 'bytesOut' | 'otherPorts';
const total = (all: readonly Remote[], name: Countable): number =>
  all.reduce((sum, one) => sumOf(sum, one[name]), 0);

function peerOf(ref: string, { begunBy }: Remote, all: readonly Remote[]): Peer {
  const counted = new Map<number, number>();
  for (const [port, count] of all.flatMap(({ ports }) => ports))
    counted.set(port, (counted.get(port) ?? 0) + count);
  const { ports, otherPorts } = mostFrequent([...counted], MAX_PORTS);
  return {
    ...{ ref, begunBy, accepted: total(all, 'accepted'), rejected: total(all, 'rejected') },
    proven: total(all, 'proven'),
    bytesIn: total(all, 'bytesIn'),
    bytesOut: total(all, 'bytesOut'),
    ports: ports.map(([port]) => port),
    otherPorts: otherPorts + total(all, 'otherPorts'),
    firstAt: at(Math.min(...all.map(({ start }) => start))),
    lastAt: at(Math.max(...all.map(({ end }) => end))),
  };
}

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();

function othersOf(remotes: readonly Remote[]): Counts['others'] {
  const by = (side: Peer['begunBy']) => remotes.filter(({ begunBy }) => begunBy === side);
  const [own, foreign, unclear] = [by('host'), by('address'), by('unclear')];
  const all = (some: readonly Remote[]) => total(some, 'accepted') + total(some, 'rejected');
  return {
    begunByHost: {
      connections: all(own),
      publicAddresses: own.filter(({ address }) => isPublic(address)).length,
      bytesOut: total(own, 'bytesOut'),
    },
    begunByOthers: {
      accepted: total(foreign, 'accepted'),
      rejected: total(foreign, 'rejected'),
      addresses: foreign.length,
    },
    unclear: all(unclear),
  };
}

/** IANA's names of ranges that no one reaches over the internet. */
const LOCAL =
  /^(?:private|uniqueLocal|linkLocal|loopback|carrierGradeNat|multicast|broadcast|unspecified)$/;
const isPublic = (address: string): boolean =>
  !LOCAL.test(parseAddress(address)?.address.range() ?? 'unspecified');
