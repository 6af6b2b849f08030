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
const USUAL: Activity = {
  ...{ from: NOW.toISOString(), to: NOW.toISOString(), events: 9, isComplete: true },
  ...{ firstAt: NOW.toISOString(), lastAt: NOW.toISOString(), calls: [], otherCalls: 0 },
  ...{ changes: [], networks: seen([]), regions: seen([]), userAgents: seen([]) },
};

test.each<[string, boolean, Partial<Activity>]>([
  ['in which nothing is new', true, {}],
  ['from a new network', false, { networks: seen(['203.0.113.0/24']) }],
  ['in a new region', false, { regions: seen(['us-west-2']) }],
  ['with a new client', false, { userAgents: seen(['curl']) }],
  ['of an identity that was never seen before', false, { networks: seen([], 0) }],
  ['that changes IAM', false, { changes: ['iam:CreateUser'] }],
  ['of which events are missing', false, { isComplete: false }],
])('counts activity %s as usual: %s', (_, expected, change) => {
  expect(isUsual({ ...USUAL, ...change })).toBe(expected);
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
  expect(reassuringFacts(attacker, factsAbout('ip-1', change), alertWith(alert))).toBe(expected);
});

test('a login is no scan', () => {
  const scanned = (kind: 'port-probe' | 'login') =>
    isScan(alertWith({ evidence: [evidence({ kind })] }));
  expect([scanned('port-probe'), scanned('login')]).toEqual([true, false]);
});

const DISCOVERY = 'Discovery:IAMUser/AnomalousBehavior';
const isFirstReassuring = (type: string, calls: Record<string, string>[], facts: EntityFacts[]) => {
  const all = calls.map((values) => evidence({ kind: 'api-call', values }));
  const alert = alertWith({ type, evidence: all, entities: [leakedKey] });
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

test('failed calls are no reason when CloudTrail lists a change', () => {
  const activity = known({ ...USUAL, changes: ['iam:PutUserPolicy'] });
  const changed = [factsAbout('key-1', { activity })];
  expect(isFirstReassuring(DISCOVERY, [FAILED], changed)).toBe(false);
});

test('people say that it was harmless by two of their reasons', () => {
  expect(saysHarmless(['expected-work'])).toBe(true);
  expect(saysHarmless(['false-alarm', 'wrong-target'])).toBe(true);
  expect(saysHarmless(['wrong-target', 'too-much-impact', 'not-enough-evidence'])).toBe(false);
});
