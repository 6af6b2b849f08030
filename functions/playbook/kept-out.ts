// Whether attacks on hosts came through: by flow logs, or a closed port.
import type { Alert, Entity } from '../domain/alert.ts';
import type { Evidence } from '../domain/evidence.ts';
import { type EntityFacts, knownOf } from '../domain/facts.ts';
import type { Flows } from '../domain/flows.ts';
import { minutesAfter } from '../domain/time.ts';

type Attempted = Pick<Alert, 'entities' | 'evidence' | 'firstSeenAt' | 'lastSeenAt'>;

/** What a product says about connections. Anything else may be an act that flow logs and ports say nothing about. */
const ATTEMPTS: readonly Evidence['kind'][] = [
  ...(['connection', 'port-probe', 'resource', 'finding', 'indicator', 'threat'] as const),
];

/**
 * Whether nothing came through to the hosts: flow logs that record everything list the connections of every attacking
 * address, all rejected; or everything that was seen is probes of a port that is no longer open to everyone. Says
 * nothing about an alert in which anyone but addresses acts, or about another target.
 */
export function isKeptOut(alert: Attempted, facts: readonly EntityFacts[]): boolean {
  const { entities, evidence = [] } = alert;
  const actors = entities.filter(({ part }) => part === 'actor');
  const targets = entities.filter(({ part, kind }) => part === 'target' && kind !== 'alert');
  const known = facts.filter(({ ref }) => targets.some((one) => one.ref === ref));
  return (
    isOnly('ip', actors) &&
    isOnly('instance', targets) &&
    known.length === targets.length &&
    evidence.every(({ kind }) => ATTEMPTS.includes(kind)) &&
    haveInterfaces(entities, known) &&
    known.every((one) => areRejected(one, actors, alert) || isClosed(one, evidence))
  );
}

const isOnly = (kind: Entity['kind'], all: readonly Entity[]): boolean =>
  all.length > 0 && all.every((one) => one.kind === kind);

/** The flow logs and security groups of an interface that was detached since are not read. */
const haveInterfaces = (entities: readonly Entity[], hosts: readonly EntityFacts[]): boolean => {
  const now = hosts.flatMap(({ instance }) => knownOf(instance?.interfaceIds) ?? []);
  return entities.every(({ kind, value }) => kind !== 'network-interface' || now.includes(value));
};

/**
 * Flow logs arrive late, and are read for an hour at most: what they list must reach from the first activity of the
 * alert to the last.
 */
function areRejected(
  { flows: read }: EntityFacts,
  attackers: readonly Entity[],
  { firstSeenAt, lastSeenAt }: Attempted,
): boolean {
  const flows = knownOf(read);
  if (!flows || firstSeenAt === null || lastSeenAt === null) return false;
  return (
    isWhole(flows) &&
    isUntil(flows.from, firstSeenAt) &&
    flows.peers.every(isRejected) &&
    attackers.every(({ ref }) =>
      flows.peers.some(
        (peer) =>
          peer.ref === ref && isUntil(lastSeenAt, minutesAfter(peer.lastAt, RECORD_MINUTES)),
      ),
    )
  );
}

/** Two records of the same packets may end so far apart: each is written within a minute of its last packet. */
const RECORD_MINUTES = 1;

/** Products write instants with and without milliseconds. */
const isUntil = (one: string, other: string): boolean => Date.parse(one) <= Date.parse(other);

const isWhole = ({ isComplete, recorded, unreadable, otherPeers }: Flows): boolean =>
  isComplete && recorded === 'all' && unreadable === 0 && otherPeers === 0;

/** Of a connection that the host seems to have begun, only the host's packets count as accepted or rejected. */
const isRejected = ({ begunBy, accepted, bytesOut }: Flows['peers'][number]): boolean =>
  begunBy !== 'host' && accepted === 0 && bytesOut === 0;

function isClosed(
  { instance, configChanges, flows }: EntityFacts,
  evidence: readonly Evidence[],
): boolean {
  const probes = evidence.filter(({ kind }) => kind === 'port-probe');
  const ports = probes.flatMap(({ values }) => (values.ports ?? '').split(', '));
  const attacked = knownOf(instance?.inbound)?.attackedPort;
  const changes = knownOf(configChanges)?.changes ?? [];
  return (
    probes.length > 0 &&
    evidence.every(({ kind }) => kind !== 'connection') &&
    // What the host sends to an attacker is more than the answer to a probe.
    !knownOf(flows)?.peers.some(({ begunBy }) => begunBy === 'host') &&
    attacked?.isOpen === false &&
    ports.every((port) => port === String(attacked.port)) &&
    changes.some(({ closed }) => closed.some((one) => covers(one, attacked.port)))
  );
}

/** Whether `tcp 22`, `tcp 1000-2000` or `everything` covers the port. Products report probes of TCP ports only. */
function covers(reach: string, port: number): boolean {
  const [, from, to = from] = /^tcp (\d+)(?:-(\d+))?$/.exec(reach) ?? [];
  return reach === 'everything' || (port >= Number(from) && port <= Number(to));
}
