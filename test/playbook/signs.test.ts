// What speaks against asking: success, planned work, people's early undos.
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../functions/domain/alert.ts';
import { judge, pagesForSevere } from '../../functions/playbook/playbook.ts';
import { NO_SIGNS, type Signs } from '../../functions/playbook/signs.ts';
import { alertWith, attacker, leakedKey, suspectUser, theAlertItself } from '../fixtures/case.ts';

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
