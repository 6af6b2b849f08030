// Looks up the traffic of the hosts of an alert in VPC flow logs.
import * as z from 'zod/mini';
import type { Alert, Entity } from '../domain/alert.ts';
import { type Fact, known, mapFact, unknown } from '../domain/facts.ts';
import { Flows } from '../domain/flows.ts';
import type { Place } from '../domain/place.ts';
import type { Policy } from '../policy/policy.ts';
import { firstOf } from './first-of.ts';
import { connectionsIn } from './flow-connections.ts';
import { countsOf, Remote, remotesOf } from './flow-counts.ts';
import { type FlowEventApi, type Read, readLines, type Window } from './flow-events.ts';
import {
  type AnyInterface,
  BOTH,
  type FlowLogApi,
  type Found,
  flowLogsOf,
  type HostInterface,
} from './flow-logs.ts';
import type { InstanceOf } from './instances.ts';
import { type ReadDeps, readFact } from './read-fact.ts';
import { type SharingDeps, sharedLookUp } from './shared-look-up.ts';

/** Where flow logs are found and read. */
export type FlowSource = {
  ec2: FlowLogApi;
  logs: FlowEventApi;
  /** The log group of the stack's own flow logs. */
  ownGroup: string;
};
export type FlowDeps = ReadDeps &
  SharingDeps & {
    flowSource: FlowSource;
    instanceOf: InstanceOf;
    policy: Pick<Policy, 'flowLogGroups'>;
    here: Place;
  };

/** Of an alert. CloudWatch Logs answers five requests a second for the whole account. */
const MAX_HOSTS = 2;

/** What flow logs record about a host. Each alert counts the connections with its own addresses. */
const Traffic = z.strictObject({
  ...z.pick(Flows, { from: true, to: true, isComplete: true, recorded: true }).shape,
  ...z.pick(Flows, { records: true, unreadable: true }).shape,
  /** The addresses of the host. */
  own: z.array(z.string()),
  remotes: z.array(Remote),
});
type Traffic = z.infer<typeof Traffic>;

/** At most 400 bytes each. A DynamoDB item has at most 400 KB. */
const MAX_SHARED = 500;
const SHARED = {
  ...{ answer: Traffic, minutes: 1 },
  whyNot: ({ remotes }: Traffic) =>
    remotes.length > MAX_SHARED
      ? 'another alert of this incident looked it up; it has too many addresses to share'
      : null,
};

/** The traffic of the first hosts. Null for other entities, and for interfaces beside an instance. */
export function flowsOf(deps: FlowDeps, alert: Alert, incidentId: string) {
  const why = `flow logs of only the first ${MAX_HOSTS} hosts are read`;
  return firstOf(deps.here, hostsIn(alert), { most: MAX_HOSTS, why }, async (host) => {
    const { kind, value } = host;
    if (!ID.test(value)) return unknown('it has no ID of EC2');
    const window = windowOf(alert, deps.now());
    const entity = { kind, value: `${value} in flow logs` };
    const about = { incidentId, alertId: alert.alertId, entity, since: null };
    const traffic = await sharedLookUp(deps, about, SHARED, () => trafficOf(deps, host, window));
    if (!traffic.known) return traffic;
    return flowsIn(traffic.value, alert, window);
  });
}

/** Interfaces only if there is no instance. */
export function hostsIn({ entities }: Pick<Alert, 'entities'>): Entity[] {
  const hosts = (kind: Entity['kind']) =>
    entities.filter((one) => one.kind === kind && one.part !== 'related');
  const instances = hosts('instance');
  return instances.length > 0 ? instances : hosts('network-interface');
}

const ID = /^(?:i|eni)-[\da-f]{8,17}$/;

/** What was read before a fault counts. */
async function trafficOf(deps: FlowDeps, host: Entity, window: Window): Promise<Fact<Traffic>> {
  const { ec2, logs, ownGroup } = deps.flowSource;
  const readable = [ownGroup, ...deps.policy.flowLogGroups];
  const described = await interfacesOf(deps, host);
  if (!described.known) return described;
  const found = await readFact(deps, `The flow logs of ${host.value}`, (abortSignal) =>
    flowLogsOf(ec2, described.value, readable, abortSignal),
  );
  if (!found.known) return found;
  const { interfaces, why, isComplete, isFailing } = found.value;
  if (why) return unknown(why);
  const readAt = deps.now();
  const read: Read = { records: new Map(), unreadable: 0, isComplete };
  const done = await readFact(deps, `The traffic of ${host.value}`, (abortSignal) =>
    readLines(logs, interfaces, { window, read, abortSignal }),
  );
  if (!done.known && read.records.size === 0) return done;
  const isWhole = done.known && read.isComplete && !isFailing && areOlder(interfaces, window.from);
  return trafficIn({ ...read, isComplete: isWhole }, { ...found.value, window, readAt });
}

/** EC2 says which interfaces it has. The alert's own words about them are not read. */
async function interfacesOf(
  { instanceOf, flowSource, ...deps }: FlowDeps,
  { kind, value }: Entity,
): Promise<Fact<readonly AnyInterface[]>> {
  if (kind === 'instance')
    return mapFact(await instanceOf(value), ({ NetworkInterfaces = [] }) => NetworkInterfaces);
  return readFact(deps, `The interface ${value}`, async (abortSignal) => {
    const { NetworkInterfaces = [] } = await flowSource.ec2.describeNetworkInterfaces(
      { Filters: [{ Name: 'network-interface-id', Values: [value] }] },
      { abortSignal },
    );
    return NetworkInterfaces;
  });
}

/** Whether the flow logs recorded the whole time. One that was replaced did not. */
const areOlder = (interfaces: readonly HostInterface[], from: Date): boolean =>
  interfaces
    .flatMap(({ groups }) => groups)
    .every(({ traffic }) => [...traffic.values()].every((since) => since <= from.getTime()));

const MINUTE = 60_000;
/** A record may begin ten minutes before its last packet. */
const BEFORE = 15 * MINUTE;
const AFTER = 30 * MINUTE;
const LONGEST = 60 * MINUTE;
/** The record of the other direction may arrive later. */
const LATE = 5 * MINUTE;

type Times = Pick<Alert, 'firstSeenAt' | 'lastSeenAt'>;

/** At most an hour around the activity. The times of an alert may be missing, wrong, or in the future. */
export function windowOf({ firstSeenAt, lastSeenAt }: Times, now: Date): Window {
  const last = lastSeenAt ? Date.parse(lastSeenAt) : now.getTime();
  const first = firstSeenAt ? Date.parse(firstSeenAt) : last;
  const to = Math.min(now.getTime(), last + AFTER);
  const from = Math.min(Math.max(first - BEFORE, to - LONGEST), to - BEFORE);
  return { from: new Date(from), to: new Date(to) };
}

function trafficIn(
  { records, unreadable, isComplete: isReadWhole }: Read,
  {
    interfaces,
    isFailing,
    window,
    readAt,
  }: Pick<Found, 'interfaces' | 'isFailing'> & { window: Window; readAt: Date },
): Fact<Traffic> {
  const byInterface = Map.groupBy(records.values(), ({ of }) => of);
  const placed = [...byInterface].map(([one, all]) =>
    connectionsIn(
      all.map(({ record }) => record),
      (address) => one.addresses.includes(address),
    ),
  );
  const connections = placed.flatMap((one) => one.connections);
  if (connections.length === 0)
    return unknown(
      records.size > 0 || unreadable > 0
        ? 'no line of its flow logs could be read'
        : isFailing
          ? 'EC2 cannot deliver its flow logs'
          : 'its flow logs list no traffic at that time, but they arrive minutes late',
    );
  const isComplete = isReadWhole && placed.every(({ leftOut }) => leftOut === 0);
  const recorded = recordedIn(interfaces);
  return known({
    ...{ from: window.from.toISOString(), to: window.to.toISOString(), isComplete, recorded },
    ...{ records: records.size, unreadable },
    own: [...new Set(interfaces.flatMap((one) => one.addresses))],
    remotes: remotesOf(
      connections,
      isComplete && recorded === 'all' ? (readAt.getTime() - LATE) / 1000 : 0,
    ),
  });
}

/** Another alert may have looked up a time that begins later: then the first records may be missing. */
function flowsIn(
  { own, remotes, ...read }: Traffic,
  { entities }: Alert,
  wanted: Window,
): Fact<Flows> {
  const late = Date.parse(read.from) - wanted.from.getTime();
  if (late > BEFORE || wanted.to.getTime() - Date.parse(read.to) > MINUTE)
    return unknown('another alert of this incident looked up another time of it');
  const addresses = entities.filter(({ kind, value }) => kind === 'ip' && !own.includes(value));
  return known({
    ...read,
    isComplete: read.isComplete && late <= 0,
    ...countsOf(remotes, addresses),
  });
}

/** What the flow logs of every interface record. */
function recordedIn(interfaces: readonly HostInterface[]): Flows['recorded'] {
  const read = interfaces.filter(({ groups }) => groups.length > 0);
  const [accepted, rejected] = BOTH.map((kind) =>
    read.every(({ groups }) => groups.some(({ traffic }) => traffic.has(kind))),
  );
  if (accepted && rejected) return 'all';
  return rejected ? 'rejected' : 'accepted';
}
