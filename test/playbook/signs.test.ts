// What speaks against asking: success, planned work, people's early undos.
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../functions/domain/alert.ts';
import type { Evidence } from '../../functions/domain/evidence.ts';
import { type EntityFacts, known } from '../../functions/domain/facts.ts';
import { unreadIdentity } from '../../functions/enrich/identity.ts';
import { judge, pagesForSevere } from '../../functions/playbook/playbook.ts';
import { NO_SIGNS, type Signs, signsOf } from '../../functions/playbook/signs.ts';
import {
  alertWith,
  attacker,
  factsAbout,
  factsWith,
  leakedKey,
  NOW,
  suspectUser,
  theAlertItself,
  theInstance,
} from '../fixtures/case.ts';
import { flowsWith, peerWith } from '../fixtures/flows.ts';

const STOLEN = 'UnauthorizedAccess:IAMUser/MaliciousIPCaller';
const UNUSUAL = 'Persistence:IAMUser/AnomalousBehavior';
const alertOf = (type: string, label: Alert['severity']['label']) =>
  alertWith({
    type,
    severity: { score: 5, label },
    entities: [theAlertItself, attacker, leakedKey, suspectUser],
  });
const asked = (type: string, label: Alert['severity']['label'], signs: Partial<Signs> = {}) =>
  judge({ alert: alertOf(type, label), signs: { ...NO_SIGNS, ...signs } })
    .recommendations.map(({ target }) => target)
    .filter((target) => target !== 'alert-1' && target !== 'ip-1');
const CREDENTIAL = ['key-1', 'user-1'];

test('asks about the credential if nothing is known, as in a brief of an earlier version', () => {
  expect(asked(UNUSUAL, 'medium')).toEqual(CREDENTIAL);
});

test.each([
  ['the attempts failed', { outcome: 'failed' }],
  ['it only read settings', { isConsequential: false }],
] as const)(
  'does not ask about an unusual medium alert if %s, but does about a stolen key',
  (_, signs) => {
    expect(asked(UNUSUAL, 'medium', signs)).toEqual([]);
    expect(asked(UNUSUAL, 'high', signs)).toEqual(CREDENTIAL);
    expect(asked(STOLEN, 'medium', signs)).toEqual(CREDENTIAL);
  },
);

describe('planned work', () => {
  test('explains a high alert if it covers the address: no request and no page', () => {
    const planned = { planned: ['ip-1'] };
    expect(asked(STOLEN, 'high', planned)).toEqual([]);
    expect(pagesForSevere(alertOf(STOLEN, 'high'), { ...NO_SIGNS, ...planned })).toBe(false);
  });
  test('does not explain a high alert if it covers only the key, because a thief has the same key', () => {
    expect(asked(STOLEN, 'high', { planned: ['key-1'] })).toEqual(CREDENTIAL);
    expect(asked(STOLEN, 'medium', { planned: ['key-1'] })).toEqual(CREDENTIAL);
    expect(asked(STOLEN, 'high', { planned: ['key-1'], isOurAddress: true })).toEqual([]);
  });
  test('explains no high alert if it covers one of two addresses', () => {
    const alert = alertOf(STOLEN, 'high');
    const second = { ...attacker, ref: 'ip-2', value: '203.0.113.8' };
    const both = { ...alert, entities: [...alert.entities, second] };
    const pages = (...planned: string[]) => pagesForSevere(both, { ...NO_SIGNS, planned });
    expect([pages('ip-1', 'key-1'), pages('ip-1', 'ip-2')]).toEqual([true, false]);
  });
  test('explains no high alert if it covers one of two hosts', () => {
    const hosts = ['instance-1', 'instance-2'].map((ref) => ({ ...theInstance, ref }));
    const alert = { ...alertOf('Trojan:EC2/DropPoint', 'high'), entities: hosts };
    const pages = (...planned: string[]) => pagesForSevere(alert, { ...NO_SIGNS, planned });
    expect([pages('instance-1'), pages('instance-1', 'instance-2')]).toEqual([true, false]);
  });
  test('never explains a critical alert', () => {
    expect(asked(STOLEN, 'critical', { planned: ['ip-1', 'key-1'], isOurDoing: true })).toEqual(
      CREDENTIAL,
    );
    expect(pagesForSevere(alertOf(STOLEN, 'critical'), { ...NO_SIGNS, planned: ['ip-1'] })).toBe(
      true,
    );
  });
});

test('leaves out a target that a person restored early, below high severity', () => {
  expect(asked(STOLEN, 'medium', { settled: ['key-1'] })).toEqual(['user-1']);
  expect(asked(STOLEN, 'high', { settled: ['key-1'] })).toEqual(CREDENTIAL);
});

test('asks nothing about a sample, and pages no one', () => {
  expect(asked(STOLEN, 'critical', { isSample: true })).toEqual([]);
  expect(pagesForSevere(alertOf(STOLEN, 'high'), { ...NO_SIGNS, isSample: true })).toBe(false);
});

describe('what logs list beside a finding about failed reads', () => {
  const at = NOW.toISOString();
  const failedRead: Evidence = {
    kind: 'api-call',
    ...{ values: { api: 'ListUsers', error: 'AccessDenied' }, untrusted: {} },
    ...{ refs: [], from: null, until: null, foundAt: '$' },
  };
  const alert = { ...alertOf(UNUSUAL, 'medium'), evidence: [failedRead] };
  const seen = { appeared: [], before: 1 };
  const activity = (changes: string[]) =>
    known({
      ...{ from: at, to: at, events: 1, isComplete: true, firstAt: at, lastAt: at, calls: [] },
      ...{ otherCalls: 0, changes, networks: seen, regions: seen, userAgents: seen },
    });
  const change = (by: string | null, succeeded: number) =>
    known({
      ...{ from: at, to: at, isComplete: true, others: 0 },
      changes: [
        {
          ...{ name: 's3:PutBucketPolicy', by, succeeded, failed: 1, error: 'AccessDenied' },
          ...{ firstAt: at, lastAt: at },
        },
      ],
    });
  const flows = (proven: number) =>
    known(flowsWith([peerWith({ accepted: proven, rejected: 1, proven })]));
  test.each<[string, boolean, Partial<EntityFacts>]>([
    ['nothing', false, {}],
    ['reads of the key', false, { activity: activity([]) }],
    ['a new user made by the key', true, { activity: activity(['iam:CreateUser']) }],
    ['a change of a resource by the key', true, { changes: change('key-1', 1) }],
    ['a change of a resource that failed', false, { changes: change('key-1', 0) }],
    ['a change of a resource by a deployment', false, { changes: change(null, 1) }],
    ['data both ways with the attacker', true, { flows: flows(2) }],
    ['rejected connections of the attacker', false, { flows: flows(0) }],
  ])(
    'takes %s for a success, beside which an inactive key does not settle its user: %s',
    (_, expected, facts) => {
      const identity = { ...unreadIdentity('not read'), status: known('Inactive') };
      const about = factsAbout('key-1', { address: null, identity, ...facts });
      const { outcome, isConsequential, settled } = signsOf(alert, factsWith(about));
      expect(settled).toEqual(expected ? ['key-1'] : CREDENTIAL);
      expect([outcome, isConsequential]).toEqual(
        expected ? ['succeeded', true] : ['failed', false],
      );
    },
  );
});
