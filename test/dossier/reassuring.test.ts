// Tests of what speaks against an attack, and what only seems to.
import { expect, test } from 'vitest';
import type { Activity } from '../../functions/domain/activity.ts';
import type { Evidence } from '../../functions/domain/evidence.ts';
import { type EntityFacts, known } from '../../functions/domain/facts.ts';
import {
  isScan,
  isUsual,
  reassuringEvidence,
  reassuringFacts,
  saysHarmless,
} from '../../functions/dossier/reassuring.ts';
import { unreadIdentity } from '../../functions/enrich/identity.ts';
import { alertWith, attacker, factsAbout, leakedKey, NOW } from '../fixtures/case.ts';

const evidence = (change: Pick<Evidence, 'kind'> & Partial<Evidence>): Evidence => ({
  ...{ values: {}, untrusted: {}, refs: [], from: null, until: null, foundAt: '$' },
  ...change,
});
const seen = (appeared: string[], before = 2) => ({ appeared, before });
const AT = NOW.toISOString();
const USUAL: Activity = {
  ...{ from: NOW.toISOString(), to: NOW.toISOString(), events: 9, isComplete: true },
  ...{ firstAt: NOW.toISOString(), lastAt: NOW.toISOString(), calls: [], otherCalls: 0 },
  ...{ changes: [], networks: seen([]), regions: seen([]), userAgents: seen([]) },
};

const acting = alertWith({ entities: [leakedKey, attacker] });
test.each<[string, boolean, Partial<Activity>]>([
  ['in which nothing is new', true, {}],
  ['from a new network', false, { networks: seen(['203.0.113.0/24']) }],
  ['in a new region', false, { regions: seen(['us-west-2']) }],
  ['with a new client', false, { userAgents: seen(['curl']) }],
  ['of an identity that was never seen before', false, { networks: seen([], 0) }],
  ['that changes IAM', false, { changes: ['iam:CreateUser'] }],
  ['of which events are missing', false, { isComplete: false }],
  ['that ends before the alert begins', false, { lastAt: '2026-11-19T08:00:00.000Z' }],
])('counts activity %s as usual: %s', (_, expected, change) => {
  expect(isUsual({ ...USUAL, ...change }, acting, [])).toBe(expected);
});

test('no activity is usual in an alert without a time', () => {
  expect(isUsual(USUAL, { ...acting, firstSeenAt: null }, [])).toBe(false);
});

test('only the address of an actor explains by its owner', () => {
  const owned = factsAbout('ip-1', address({ ownedBy: known('instance i-0a1b2c3d4e5f60718') }));
  expect(
    reassuringFacts({ ...attacker, part: 'target' }, owned, { alert: alertWith({}), all: [] }),
  ).toBe(false);
});

const address = (change: Partial<NonNullable<EntityFacts['address']>>) => {
  const { address: plain } = factsAbout('ip-1');
  return { address: plain && { ...plain, ...change } };
};
const scanner = { id: 'scan', owner: 'Ana', why: 'The weekly scan', until: '2026-12-31' };
const inactive = { ...unreadIdentity('not read'), status: known('Inactive') };
const OUTBOUND = { layer: 'network', direction: 'outbound' } as const;

test.each<[string, boolean, Partial<EntityFacts>, Parameters<typeof alertWith>[0]?]>([
  ['an ordinary entity', false, {}],
  ['planned work', true, { plannedWork: 'nightly-export' }],
  ['an address of the account', true, address({ ownedBy: known('Elastic IP') })],
  [
    'an address of the account that its own host attacks',
    false,
    address({ ownedBy: known('Elastic IP') }),
    { traffic: { ...OUTBOUND, localPort: null, protocol: 'TCP' } },
  ],
  ['a declared scanner', true, address({ scanner })],
  [
    'a declared scanner that calls the AWS API',
    false,
    address({ scanner }),
    { traffic: { layer: 'aws-api', direction: 'inbound', localPort: null, protocol: null } },
  ],
  ['an inactive key', true, { identity: inactive }],
])('takes facts about %s for a reason against an attack: %s', (_, expected, change, alert = {}) => {
  const facts = factsAbout('ip-1', change);
  const given = { alert: alertWith(alert), all: [facts] };
  expect(reassuringFacts(attacker, facts, given)).toBe(expected);
});

test.each<[string, Evidence['kind'], boolean]>([
  ['Recon:EC2/PortProbeUnprotectedPort', 'port-probe', true],
  ['UnauthorizedAccess:EC2/SSHBruteForce', 'connection', true],
  ['Recon:EC2/Portscan', 'connection', true],
  ['Recon:EC2/Portscan', 'login', false],
  ['Trojan:EC2/DropPoint', 'connection', false],
  ['Backdoor:EC2/Spambot', 'connection', false],
])('a scanner explains %s with a %s: %s', (type, kind, expected) => {
  expect(isScan(alertWith({ type, evidence: [evidence({ kind })] }), [])).toBe(expected);
});

const DISCOVERY = 'Discovery:IAMUser/AnomalousBehavior';
const isFirstReassuring = (type: string, calls: Record<string, string>[], facts: EntityFacts[]) => {
  const all = calls.map((values) => evidence({ kind: 'api-call', values }));
  const alert = alertWith({ type, evidence: all, entities: [leakedKey, attacker] });
  return all.map(reassuringEvidence(alert, facts))[0];
};
const FAILED = { error: 'AccessDenied' };
test.each([
  ['all failed', true, DISCOVERY, [FAILED]],
  ['once succeeded', false, DISCOVERY, [FAILED, {}]],
  ['failed with a stolen key', false, 'UnauthorizedAccess:IAMUser/MaliciousIPCaller', [FAILED]],
  ['are of the organization', true, 'A:B/C', [{ affiliated: 'true' }]],
  ['are of a stranger', false, 'A:B/C', [{ affiliated: 'false' }]],
])('takes calls that %s for a reason against an attack: %s', (_, expected, type, calls) => {
  expect(isFirstReassuring(type, calls as Record<string, string>[], [])).toBe(expected);
});

const changedBy = (by: string | null, succeeded: number): EntityFacts['changes'] =>
  known({
    ...{ from: AT, to: AT, isComplete: true, others: 0 },
    changes: [
      {
        ...{ name: 's3:PutBucketPolicy', by, succeeded, failed: 1, error: 'AccessDenied' },
        ...{ firstAt: AT, lastAt: AT },
      },
    ],
  });
const flowsWith = (ref: string, proven: number): EntityFacts['flows'] =>
  known({
    ...{ from: AT, to: AT, isComplete: true, recorded: 'all', records: 1, unreadable: 0 },
    peers: [
      {
        ...{ ref, begunBy: 'address', accepted: proven, rejected: 1, proven, bytesIn: 1 },
        ...{ bytesOut: 1, ports: [22], otherPorts: 0, firstAt: AT, lastAt: AT },
      },
    ],
    ...{ otherPeers: 0, notListed: [] },
    others: {
      begunByHost: { connections: 0, publicAddresses: 0, bytesOut: 0 },
      begunByOthers: { accepted: 0, rejected: 0, addresses: 0 },
      unclear: 0,
    },
  });
const CHANGED = known({ ...USUAL, changes: ['iam:PutUserPolicy'] });
test.each<[string, boolean, Partial<EntityFacts>]>([
  ['a change of IAM by the key', false, { activity: CHANGED }],
  ['a change of a resource by the key', false, { changes: changedBy('key-1', 1) }],
  ['a change that failed', true, { changes: changedBy('key-1', 0) }],
  ['a change by another identity', true, { changes: changedBy(null, 1) }],
  ['data both ways with the attacker', false, { flows: flowsWith('ip-1', 3) }],
  ['rejected connections of the attacker', true, { flows: flowsWith('ip-1', 0) }],
  ['data both ways with another address', true, { flows: flowsWith('ip-2', 3) }],
])(
  'beside %s, failed calls, habits, a scanner and an inactive key are a reason: %s',
  (_, expected, facts) => {
    const listed = [factsAbout('key-1', facts)];
    expect(isFirstReassuring(DISCOVERY, [FAILED], listed)).toBe(expected);
    expect(isUsual(USUAL, acting, listed)).toBe(expected);
    const probed = alertWith({
      type: 'Recon:EC2/Portscan',
      evidence: [],
      entities: acting.entities,
    });
    expect(isScan(probed, listed)).toBe(expected);
    const key = factsAbout('key-1', { identity: inactive });
    expect(reassuringFacts(leakedKey, key, { alert: acting, all: listed })).toBe(expected);
  },
);

test('two of the reasons that people give say that it was harmless', () => {
  expect(saysHarmless(['expected-work'])).toBe(true);
  expect(saysHarmless(['false-alarm', 'wrong-target'])).toBe(true);
  expect(saysHarmless(['wrong-target', 'too-much-impact', 'not-enough-evidence'])).toBe(false);
});
