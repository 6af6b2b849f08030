// Looks up the traffic of the hosts of an alert in VPC flow logs.
import type { Alert, Entity } from '../domain/alert.ts';
import { type Fact, known, unknown } from '../domain/facts.ts';
import type { Flows } from '../domain/flows.ts';
import type { Place } from '../domain/place.ts';
import type { Policy } from '../policy/policy.ts';
import type { Store } from '../store/store.ts';
import { firstOf } from './activity.ts';
import { connectionsIn } from './flow-connections.ts';
import { countsOf } from './flow-counts.ts';
import { type FlowEventApi, type Read, readLines, type Window } from './flow-events.ts';
import { BOTH, type FlowLogApi, type Found, flowLogsOf, type HostInterface } from './flow-logs.ts';
import { oncePerMinute } from './once-per-minute.ts';
import { type ReadDeps, readFact } from './read-fact.ts';

/** Where flow logs are found and read. */
export type FlowSource = {
  ec2: FlowLogApi;
  logs: FlowEventApi;
  /** The log group of the stack's own flow logs. */
  ownGroup: string;
};
export type FlowDeps = ReadDeps & {
  flowSource: FlowSource;
  policy: Pick<Policy, 'flowLogGroups'>;
  here: Place;
  now: () => Date;
  store: Pick<Store, 'activityLookups'>;
};

/** Of an alert. CloudWatch Logs answers five requests a second for the whole account. */
const MAX_HOSTS = 2;

/** The traffic of the first hosts. Null for other entities, and for interfaces beside an instance. */
export function flowsOf(deps: FlowDeps, alert: Alert, incidentId: string) {
  const wanted = hostsIn(alert);
  const why = `flow logs of only the first ${MAX_HOSTS} hosts are read`;
  return firstOf(deps.here, wanted, { most: MAX_HOSTS, why }, (host) =>
    ID.test(host.value)
      ? flowsOfHost(deps, host, { alert, incidentId })
      : Promise.resolve(unknown('it has no ID of EC2')),
  );
}

/** Interfaces only if there is no instance. */
export function hostsIn({ entities }: Pick<Alert, 'entities'>): Entity[] {
  const hosts = (kind: Entity['kind']) =>
    entities.filter((one) => one.kind === kind && one.part !== 'related');
  const instances = hosts('instance');
  return instances.length > 0 ? instances : hosts('network-interface');
}

const ID = /^(?:i|eni)-[\da-f]{8,17}$/;

async function flowsOfHost(
  deps: FlowDeps,
  host: Entity,
  { alert, incidentId }: { alert: Alert; incidentId: string },
): Promise<Fact<Flows>> {
  const { ec2, ownGroup } = deps.flowSource;
  const readable = [ownGroup, ...deps.policy.flowLogGroups];
  const found = await readFact(deps, `The flow logs of ${host.value}`, (abortSignal) =>
    flowLogsOf(ec2, host, readable, abortSignal),
  );
  if (!found.known) return found;
  if (found.value.why) return unknown(found.value.why);
  const { kind, value } = host;
  const entity = { kind, value: `${value} in flow logs` };
  const about = { incidentId, alertId: alert.alertId, entity };
  return oncePerMinute(deps, about, () => trafficOf(deps, host, alert, found.value));
}

/** What was read before a fault counts. */
async function trafficOf(
  deps: FlowDeps,
  host: Entity,
  alert: Alert,
  { interfaces, unread, isFailing }: Found,
): Promise<Fact<Flows>> {
  const window = windowOf(alert, deps.now());
  const read: Read = { records: new Map(), unreadable: 0, isComplete: unread === 0 };
  const done = await readFact(deps, `The traffic of ${host.value}`, (abortSignal) =>
    readLines(deps.flowSource.logs, interfaces, { window, read, abortSignal }),
  );
  if (!done.known && read.records.size === 0) return done;
  return flowsIn(
    { ...read, isComplete: read.isComplete && done.known },
    {
      ...{ interfaces, window, isFailing },
      addresses: alert.entities.filter(({ kind }) => kind === 'ip'),
    },
  );
}

const MINUTE = 60_000;
/** A record may begin ten minutes before its last packet. */
const BEFORE = 15 * MINUTE;
const AFTER = 30 * MINUTE;
const LONGEST = 60 * MINUTE;

/** At most an hour around the activity. The times of an alert may be missing, wrong, or in the future. */
export function windowOf(
  { firstSeenAt, lastSeenAt }: Pick<Alert, 'firstSeenAt' | 'lastSeenAt'>,
  now: Date,
): Window {
  const last = lastSeenAt ? Date.parse(lastSeenAt) : now.getTime();
  const first = firstSeenAt ? Date.parse(firstSeenAt) : last;
  const to = Math.min(now.getTime(), last + AFTER);
  const from = Math.min(Math.max(first - BEFORE, to - LONGEST), to - BEFORE);
  return { from: new Date(from), to: new Date(to) };
}

function flowsIn(
  { records, unreadable, isComplete: isReadWhole }: Read,
  {
    interfaces,
    window,
    isFailing,
    addresses,
  }: {
    interfaces: readonly HostInterface[];
    window: Window;
    isFailing: boolean;
    addresses: readonly Entity[];
  },
): Fact<Flows> {
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
  const own = new Set(interfaces.flatMap((one) => one.addresses));
  const isComplete = isReadWhole && placed.every(({ leftOut }) => leftOut === 0);
  const recorded = recordedIn(interfaces);
  const [from, to] = [window.from.toISOString(), window.to.toISOString()];
  return known({
    ...{ from, to, isComplete, recorded, records: records.size, unreadable },
    ...countsOf(
      connections,
      addresses.filter(({ value }) => !own.has(value)),
      isComplete && recorded === 'all',
    ),
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
