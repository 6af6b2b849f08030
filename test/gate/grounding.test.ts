// Tests of what evidence proves about which entity.
import { expect, test } from 'vitest';
import type { Entity } from '../../functions/domain/alert.ts';
import type { Citable } from '../../functions/domain/citable.ts';
import { isVerdictSupported, shows } from '../../functions/gate/grounding.ts';
import {
  alertWith,
  attacker,
  leakedKey,
  recommend,
  suspectUser,
  theAlertItself,
} from '../fixtures/case.ts';

const named = (
  ref: string,
  base: Entity,
  userName: string,
  more: Partial<Entity> = {},
): Entity => ({
  ...{ ...base, ref, value: base.kind === 'access-key' ? `AKIAIOSFODNN7${ref}` : userName },
  attributes: { userType: 'IAMUser', userName },
  ...more,
});
const ANA = named('user-1', suspectUser, 'ana');
const BEN = named('user-2', suspectUser, 'ben');
const ANAS_KEY = named('key-1', leakedKey, 'ana');
const BENS_KEY = named('key-2', leakedKey, 'ben');
const SESSION = named('key-3', leakedKey, 'deploy', {
  attributes: { userType: 'AssumedRole', userName: 'deploy' },
});
const ROLE = named('role-1', suspectUser, 'deploy', { kind: 'iam-role' });
const line = (id: string, change: Partial<Citable>): Citable => ({
  ...{ id, source: 'cloudtrail', kind: 'activity', refs: [], isUntrusted: false, text: id },
  ...change,
});
const given = (entities: readonly Entity[], citable: readonly Citable[], type = 'A:B/C') => ({
  alert: alertWith({ type, entities: [...entities, theAlertItself] }),
  citable,
});

const ACTS = {
  'access-key': 'revoke_api_key',
  'iam-user': 'disable_user_account_temporarily',
} as const;
const everyone = [ANA, BEN, ANAS_KEY, BENS_KEY, SESSION, ROLE];
const stops = (target: Entity, about: readonly Entity[], entities = everyone): boolean => {
  const evidence = line('E1', { refs: about.map(({ ref }) => ref) });
  const action = ACTS[target.kind as keyof typeof ACTS];
  return shows(
    evidence,
    recommend({ action, target: target.ref, because: ['E1'] }),
    given(entities, [evidence]),
  );
};

test('stops a user for what its key did, and a key for what its user did', () => {
  expect(stops(ANA, [ANAS_KEY])).toBe(true);
  expect(stops(ANAS_KEY, [ANA])).toBe(true);
});

test.each<[string, Entity, Entity]>([
  ['another user', ANA, BEN],
  ['the key of another user', ANA, BENS_KEY],
  ['a role session', ANA, SESSION],
  ['an address', ANA, attacker],
])('stops no user for what %s did', (_, target, other) => {
  expect(stops(target, [other], [...everyone, attacker])).toBe(false);
});

test('takes a line about the whole alert for the only user that acts, and for none of several', () => {
  expect(stops(ANA, [], [ANA, ANAS_KEY])).toBe(true);
  expect(stops(ANA, [], everyone)).toBe(false);
});

test('stops no victim because of what was done to it, except a leaked key', () => {
  const victim = { ...BEN, part: 'target' as const };
  expect(stops(victim, [victim], [ANA, victim])).toBe(false);
  // A leaked key is a target in an alert without an actor.
  expect(
    stops({ ...ANAS_KEY, part: 'target' }, [ANAS_KEY], [{ ...ANAS_KEY, part: 'target' }]),
  ).toBe(true);
});

const isBenign = (
  entities: readonly Entity[],
  lines: readonly Partial<Citable>[],
  type?: string,
) => {
  const citable = lines.map((one, index) => line(`E${index + 1}`, { isReassuring: true, ...one }));
  const supports = [{ text: 'So.', evidence: citable.map(({ id }) => id) }];
  return isVerdictSupported({ verdict: 'benign', supports }, given(entities, citable, type));
};

test('believes "benign" only if the lines explain each user that acts', () => {
  expect(isBenign([ANA, ANAS_KEY], [{ refs: ['key-1'] }])).toBe(true);
  expect(isBenign([ANA, BEN], [{ refs: ['user-1'] }])).toBe(false);
  expect(isBenign([ANA, BEN], [{ refs: ['user-1'] }, { refs: ['user-2'] }])).toBe(true);
  expect(isBenign([ANA], [{ refs: ['user-1'], isReassuring: false }])).toBe(false);
  expect(isBenign([ANA], [{ refs: ['user-1'], isUntrusted: true }])).toBe(false);
});

test('explains the state of a bucket by a plan for it, and what a user did to it by no such plan', () => {
  const bucket = named('bucket-1', suspectUser, 'a', { kind: 'bucket', part: 'target' });
  const plan = [{ kind: 'context' as const, refs: ['bucket-1'] }];
  expect(isBenign([ANA, bucket], plan, 'Policy:S3/BucketAnonymousAccessGranted')).toBe(true);
  expect(isBenign([ANA, bucket], plan, 'Exfiltration:S3/AnomalousBehavior')).toBe(false);
});

test('believes "benign" only if the lines explain each address that acts', () => {
  const other = { ...attacker, ref: 'ip-2', value: '203.0.113.8' };
  expect(isBenign([attacker, other], [{ refs: ['ip-1'] }])).toBe(false);
  expect(isBenign([attacker, other], [{ refs: ['ip-1'] }, { refs: ['ip-2'] }])).toBe(true);
  expect(isBenign([ANA, attacker], [{ refs: ['ip-1'] }])).toBe(true);
});
