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

test.each<[string, Partial<Activity>, boolean]>([
  ['in which nothing is new', {}, true],
  ['from a new network', { networks: seen(['203.0.113.0/24']) }, false],
  ['in a new region', { regions: seen(['us-west-2']) }, false],
  ['with a new client', { userAgents: seen(['curl']) }, false],
  ['of an identity that was never seen before', { networks: seen([], 0) }, false],
  ['that changes IAM', { changes: ['iam:CreateUser'] }, false],
  ['of which events are missing', { isComplete: false }, false],
])('activity %s', (_, change, expected) => {
  expect(isUsual({ ...USUAL, ...change })).toBe(expected);
});

const address = (change: Partial<NonNullable<EntityFacts['address']>>) => {
  const { address: plain } = factsAbout('ip-1');
  return { address: plain && { ...plain, ...change } };
};
const scanner = { id: 'scan', owner: 'Ana', why: 'The weekly scan', until: '2026-12-31' };
const inactive = { ...unreadIdentity('not read'), status: known('Inactive') };
const OUTBOUND = { layer: 'network', direction: 'outbound' } as const;

test.each<[string, Partial<EntityFacts>, boolean, Parameters<typeof alertWith>[0]?]>([
  ['an ordinary entity', {}, false],
  ['planned work', { plannedWork: 'nightly-export' }, true],
  ['an address of the account', address({ ownedBy: known('Elastic IP') }), true],
  [
    'an address of the account that its own host attacks',
    address({ ownedBy: known('Elastic IP') }),
    false,
    { traffic: { ...OUTBOUND, localPort: null, protocol: 'TCP' } },
  ],
  ['a declared scanner', address({ scanner }), true],
  [
    'a declared scanner that calls the AWS API',
    address({ scanner }),
    false,
    { traffic: { layer: 'aws-api', direction: 'inbound', localPort: null, protocol: null } },
  ],
  ['an inactive key', { identity: inactive }, true],
])('facts about %s', (_, change, expected, alert = {}) => {
  expect(reassuringFacts(attacker, factsAbout('ip-1', change), alertWith(alert))).toBe(expected);
});

test('a login is no scan', () => {
  const scanned = (kind: 'port-probe' | 'login') =>
    isScan(alertWith({ evidence: [evidence({ kind })] }));
  expect([scanned('port-probe'), scanned('login')]).toEqual([true, false]);
});

const call = (values: Record<string, string>) => evidence({ kind: 'api-call', values });
test.each<[string, string, Record<string, string>[], boolean]>([
  ['all failed', 'Discovery:IAMUser/AnomalousBehavior', [{ error: 'AccessDenied' }], true],
  ['once succeeded', 'Discovery:IAMUser/AnomalousBehavior', [{ error: 'AccessDenied' }, {}], false],
  [
    'failed with a stolen key',
    'UnauthorizedAccess:IAMUser/MaliciousIPCaller',
    [{ error: 'AccessDenied' }],
    false,
  ],
  ['are of the organization', 'A:B/C', [{ affiliated: 'true' }], true],
  ['are of a stranger', 'A:B/C', [{ affiliated: 'false' }], false],
])('calls that %s', (_, type, values, expected) => {
  const all = values.map(call);
  const alert = alertWith({ type, evidence: all, entities: [leakedKey] });
  const isReassuring = reassuringEvidence(alert, []);
  expect(all[0] && isReassuring(all[0])).toBe(expected);
  const changed = factsAbout('key-1', {
    activity: known({ ...USUAL, changes: ['iam:PutUserPolicy'] }),
  });
  if (values[0]?.error) expect(all[0] && reassuringEvidence(alert, [changed])(all[0])).toBe(false);
});

test('people say that it was harmless by two of their reasons', () => {
  expect(saysHarmless(['expected-work'])).toBe(true);
  expect(saysHarmless(['false-alarm', 'wrong-target'])).toBe(true);
  expect(saysHarmless(['wrong-target', 'too-much-impact', 'not-enough-evidence'])).toBe(false);
});
