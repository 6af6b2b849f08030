// Reduces the connections of a host to counts, for each address of the alert.
import type { Entity } from '../domain/alert.ts';
import { type Flows, MAX_PEERS, type Peer } from '../domain/flows.ts';
import { parseAddress } from '../platform/ip-address.ts';
import { begunBy, type Connection, isProven, sumOf } from './flow-connections.ts';
import { isWithin } from './intervals.ts';

type Addresses = readonly Pick<Entity, 'ref' | 'value'>[];
type Counts = Pick<Flows, 'peers' | 'otherPeers' | 'notListed' | 'others'>;

/** `addresses` are those of the alert that are not the host's own. */
export function countsOf(
  connections: readonly Connection[],
  addresses: Addresses,
  sawAll: boolean,
): Counts {
  const refs = refFinder(addresses);
  const byPeer = Map.groupBy(
    connections.filter((one) => refs(one.remote) !== null),
    (one) => `${begunBy(one)} ${refs(one.remote)}`,
  );
  const peers = [...byPeer.values()]
    .flatMap((all) => (all[0] ? peerOf(refs(all[0].remote) ?? '', all, sawAll) : []))
    .toSorted((a, b) => b.proven - a.proven || b.accepted - a.accepted || b.rejected - a.rejected);
  const listed = new Set(peers.map(({ ref }) => ref));
  return {
    peers: peers.slice(0, MAX_PEERS),
    otherPeers: Math.max(0, peers.length - MAX_PEERS),
    notListed: addresses.flatMap(({ ref }) => (listed.has(ref) ? [] : ref)).slice(0, 20),
    others: othersOf(connections.filter((one) => refs(one.remote) === null)),
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

function peerOf(ref: string, all: readonly Connection[], sawAll: boolean): Peer {
  const by = begunBy(all[0] as Connection);
  const accepted = all.filter((one) => isAccepted(one));
  const byPort = [...Map.groupBy(all, (one) => contactedPort(one, by))].toSorted(
    ([, a], [, b]) => b.length - a.length,
  );
  return {
    ...{ ref, begunBy: by, accepted: accepted.length, rejected: all.length - accepted.length },
    proven: all.filter((one) => isProven(one, sawAll)).length,
    bytesIn: all.reduce((sum, one) => sumOf(sum, one.in?.bytes ?? 0), 0),
    bytesOut: all.reduce((sum, one) => sumOf(sum, one.out?.bytes ?? 0), 0),
    ports: byPort.slice(0, MAX_PORTS).map(([port]) => port),
    otherPorts: Math.max(0, byPort.length - MAX_PORTS),
    firstAt: at(all.reduce((first, { start }) => Math.min(first, start), Infinity)),
    lastAt: at(all.reduce((last, { end }) => Math.max(last, end), 0)),
  };
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

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();

function othersOf(connections: readonly Connection[]): Counts['others'] {
  const by = Map.groupBy(connections, begunBy);
  const [own, foreign] = [by.get('host') ?? [], by.get('address') ?? []];
  const accepted = foreign.filter(isAccepted).length;
  const addresses = (all: readonly Connection[]) => [...new Set(all.map(({ remote }) => remote))];
  return {
    begunByHost: {
      connections: own.length,
      publicAddresses: addresses(own).filter(isPublic).length,
      bytesOut: own.reduce((sum, one) => sumOf(sum, one.out?.bytes ?? 0), 0),
    },
    begunByOthers: {
      ...{ accepted, rejected: foreign.length - accepted },
      addresses: addresses(foreign).length,
    },
    unclear: by.get('unclear')?.length ?? 0,
  };
}

/** IANA's names of ranges that no one reaches over the internet. */
const LOCAL =
  /^(?:private|uniqueLocal|linkLocal|loopback|carrierGradeNat|multicast|broadcast|unspecified)$/;
const isPublic = (address: string): boolean =>
  !LOCAL.test(parseAddress(address)?.address.range() ?? 'unspecified');
