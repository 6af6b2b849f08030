// What look-ups would find about a case: changes, traffic, scanners.
import { ConfigChanges } from '../../functions/domain/config-changes.ts';
import { type EntityFacts, known } from '../../functions/domain/facts.ts';
import { Flows } from '../../functions/domain/flows.ts';
import type { ResourceChanges } from '../../functions/domain/resource-changes.ts';
import type { Given } from './case.ts';

type LookedUp = Pick<EntityFacts, 'changes' | 'configChanges' | 'flows' | 'scanner' | 'reverseDns'>;

const DAY_MS = 86_400_000;
const AN_HOUR_MS = 3_600_000;
/** After the finding began. */
const MINUTES_MS = 180_000;
const before = (now: Date, ms: number) => new Date(now.getTime() - ms).toISOString();

/** Only what the case gives. Everything else was not looked up. */
export const lookedUp = (given: Given, now: Date): LookedUp => ({
  ...(given.changes && { changes: known(changesOf(given.changes, now)) }),
  ...(given.config && { configChanges: known(configOf(given.config, now)) }),
  ...(given.flows && { flows: known(flowsOf(given.flows, now)) }),
  ...(given.scanner !== undefined && { scanner: known(given.scanner) }),
  ...(given.reverseDns && { reverseDns: known(given.reverseDns) }),
});

const day = (now: Date) => ({ from: before(now, DAY_MS), to: now.toISOString(), isComplete: true });
const hourAgo = (now: Date) => before(now, AN_HOUR_MS);

const changesOf = (given: NonNullable<Given['changes']>, now: Date): ResourceChanges => ({
  ...{ ...day(now), others: 0 },
  changes: given.map(([name, by, succeeded, failed]) => ({
    ...{ name, by, succeeded, failed, error: failed > 0 ? 'AccessDenied' : null },
    ...{ firstAt: hourAgo(now), lastAt: hourAgo(now) },
  })),
});

const configOf = (given: NonNullable<Given['config']>, now: Date): ConfigChanges =>
  ConfigChanges.parse({
    ...{ ...day(now), others: 0 },
    changes: given.map((one) => ({
      ...{ at: hourAgo(now), group: null, status: 'changed', parts: [], otherParts: 0 },
      ...{ opened: [], closed: [], effects: [], ...one },
    })),
  });

const flowsOf = (given: NonNullable<Given['flows']>, now: Date): Flows =>
  Flows.parse({
    ...{ ...day(now), recorded: 'all', records: 100, unreadable: 0, otherPeers: 0, notListed: [] },
    peers: given.map((one) => ({
      ...{ ref: 'ip-1', begunBy: 'address', accepted: 0, rejected: 0, proven: 0 },
      ...{ bytesIn: 0, bytesOut: 0, ports: [], otherPorts: 0 },
      ...{ firstAt: hourAgo(now), lastAt: before(now, MINUTES_MS), ...one },
    })),
    others: {
      begunByHost: { connections: 0, publicAddresses: 0, bytesOut: 0 },
      begunByOthers: { accepted: 0, rejected: 0, addresses: 0 },
      unclear: 0,
    },
  });
