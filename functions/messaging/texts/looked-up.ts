// Sentences about what look-ups found on the resources of an alert.
import type { Alert } from '../../domain/alert.ts';
import type { ConfigChanges, ConfigEffect } from '../../domain/config-changes.ts';
import { type EntityFacts, type Facts, knownOf, scannerIn } from '../../domain/facts.ts';
import type { Flows, Peer } from '../../domain/flows.ts';
import {
  capitalised,
  counted,
  folded,
  type Moment,
  oneLine,
  quoted,
  utc,
} from '../../domain/wording.ts';

/** `from`: the source. */
export type Point = { text: string; from: string };
export type NameOf = (ref: string) => string;
type Named = readonly { ref: string; value: string }[];

export const FLOW_LOGS = 'VPC flow logs';
/** For each host. Those that show an act come first. */
const MAX_PEERS = 3;

/** Each scanner that policy declares at an entity of the alert: its owner, and why it scans. */
export function declaredScanners(
  facts: Facts | null | undefined,
): { owner: string; text: string }[] {
  const found = (facts?.entities ?? []).flatMap((one) => scannerIn(one) ?? []);
  return [...new Map(found.map((scanner) => [scanner.id, scanner])).values()].map(
    ({ owner, why, by }) => ({
      owner: quoted(owner, 60),
      text: `${oneLine(why).replace(/\.$/, '')}${by?.kind === 'domain' ? '. Only its name in DNS shows that it is this scanner' : ''}.`,
    }),
  );
}

/** The names of entities, short enough for a sentence. */
export const namesIn =
  (entities: Named): NameOf =>
  (ref) =>
    oneLine(entities.find((one) => one.ref === ref)?.value ?? ref, 60);

/** Open ports, changes that expose the resource, and connections with addresses of the alert. */
export function lookedUp(facts: EntityFacts, nameOf: NameOf, now: Moment): Point[] {
  const name = nameOf(facts.ref);
  const attacked = knownOf(facts.instance?.inbound)?.attackedPort;
  const flows = knownOf(facts.flows);
  return [
    ...(attacked?.isOpen
      ? [
          {
            text: `Security groups let everyone reach port ${attacked.port} of ${name}.`,
            from: 'EC2',
          },
        ]
      : []),
    ...changesIn(knownOf(facts.configChanges)?.changes ?? [], name, now),
    ...(flows ? trafficIn(flows, { host: name, nameOf, now }) : []),
  ];
}

/** What look-ups found about all entities of an alert. Empty if the facts can't be read. */
export function lookedUpIn(entities: Named, facts: Facts | null | undefined, now: Moment): Point[] {
  const nameOf = namesIn(entities);
  return (facts?.entities ?? []).flatMap((one) => lookedUp(one, nameOf, now));
}

/** As many as fit beside the question. The page shows more. */
const MAX_IN_MESSAGE = 4;

/** For the message that asks. */
export function lookedUpFacts(alert: Pick<Alert, 'entities'>, facts: Facts | null, now: Moment) {
  const found = lookedUpIn(alert.entities, facts, now);
  const lines = found.map(({ text, from }) => `${from}: ${text}`);
  return [
    ...declaredScanners(facts).map(({ owner, text }) => ({
      label: 'Declared scanner',
      value: `${owner}: ${text}`,
    })),
    ...(lines.length > 0
      ? [{ label: 'Looked up', value: folded(lines, MAX_IN_MESSAGE).join('\n') }]
      : []),
  ];
}

/** What exposes a resource or gives it more permissions, as `<name> <verb>`. Null: the change does neither. */
const EXPOSES: Readonly<Record<ConfigEffect, string | null>> = {
  'IMDSv1 allowed': 'began to allow IMDSv1',
  'IMDSv1 no longer allowed': null,
  'got a public address': 'got a public address',
  'lost its public address': null,
  'role attached': 'got a role',
  'role removed': null,
  'public access block complete': null,
  'public access block incomplete': 'lost a part of its public access block',
  'bucket policy added': 'got a bucket policy',
  'bucket policy removed': null,
  'AdministratorAccess attached': 'got the policy AdministratorAccess',
  'AdministratorAccess detached': null,
  'public access allowed': 'became public',
  'public access no longer allowed': null,
};

function changesIn(changes: ConfigChanges['changes'], name: string, now: Moment): Point[] {
  return changes.flatMap(({ at, group, opened, effects }) => {
    const done = [
      ...(opened.length > 0 ? [`opened ${opened.map(portText).join(' and ')} to everyone`] : []),
      ...effects.flatMap((effect) => EXPOSES[effect] ?? []),
    ];
    const what = group ? `Security group ${group} of ${name}` : name;
    return done.length > 0
      ? [
          {
            text: `${what} ${done.join(' and ')} (recorded at ${utc(at, now)}).`,
            from: 'AWS Config',
          },
        ]
      : [];
  });
}

/** @example portText('tcp 22') // 'TCP port 22' */
export const portText = (reach: string): string => {
  const [, protocol, port] = /^(tcp|udp) ([\d-]+)$/.exec(reach) ?? [];
  if (!protocol || !port) return reach;
  return `${protocol.toUpperCase()} port${port.includes('-') ? 's' : ''} ${port}`;
};

type Site = { host: string; nameOf: NameOf; now: Moment };

const trafficIn = (flows: Flows, site: Site): Point[] =>
  flows.peers
    .toSorted((a, b) => b.proven - a.proven)
    .slice(0, MAX_PEERS)
    .map((peer) => ({ text: peerText(flows, peer, site), from: FLOW_LOGS }));

function peerText({ isComplete }: Flows, peer: Peer, { host, nameOf, now }: Site): string {
  const { begunBy, accepted, rejected, proven, lastAt } = peer;
  const other = nameOf(peer.ref);
  const most = (count: number) => `${isComplete ? '' : 'at least '}${count}`;
  const who = {
    address: `from ${other} to ${host}`,
    host: `from ${host} to ${other}`,
    unclear: `between ${host} and ${other}`,
  };
  return connectionsText({
    ...{ who: who[begunBy], isUnclear: begunBy === 'unclear', ports: portsIn(peer) },
    ...{ accepted: most(accepted), rejected: most(rejected) },
    ...{ proven: begunBy === 'address' ? most(proven) : null, lastAt: utc(lastAt, now) },
  });
}

/** Counts are numbers, or `at least <number>`. `proven`: those with data both ways; null if that shows nothing. */
export function connectionsText(found: {
  /** `from <name> to <name>` */
  who: string;
  isUnclear: boolean;
  /** Empty if no port is known. */
  ports: string;
  accepted: string;
  rejected: string;
  proven: string | null;
  lastAt: string | null;
}): string {
  const { who, isUnclear, ports, accepted, rejected, proven, lastAt } = found;
  const isAccepted = numberIn(accepted) > 0;
  const isRejected = numberIn(rejected) > 0;
  const first = isAccepted ? accepted : rejected;
  const were = (count: string) => (numberIn(count) === 1 ? 'was' : 'were');
  const on = ports === '' ? '' : ` (port${/\D/.test(ports) ? 's' : ''} ${ports})`;
  const done = [
    ...(isAccepted ? [`${were(accepted)} accepted`] : []),
    ...(isRejected ? [`${isAccepted ? `${rejected} ` : ''}${were(rejected)} rejected`] : []),
  ];
  const last = lastAt === null ? '' : `, the last at ${lastAt}`;
  const more = isUnclear
    ? ' It is unclear who began them.'
    : proven === null || !isAccepted
      ? ''
      : numberIn(proven) > 0
        ? ` In ${proven} of them, data went both ways.`
        : ' None is known to have carried data both ways.';
  return `${capitalised(counted(first, 'connection'))} ${who}${on} ${done.join(' and ')}${last}.${more}`;
}

const numberIn = (count: string): number => Number(/\d+$/.exec(count)?.[0] ?? 0);

const portsIn = ({ ports, otherPorts }: Peer): string =>
  `${ports.join(', ')}${otherPorts > 0 ? ` and ${otherPorts} more` : ''}`;
