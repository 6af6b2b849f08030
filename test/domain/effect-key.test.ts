// Keys of effects with and without their place.
import { expect, test } from 'vitest';
import { effectKeyIn, isSameEffect, withoutPlace } from '../../functions/domain/effect-key.ts';
import { disableKey } from '../../functions/mechanisms/api-key/api-key.ts';
import { effectKeyOf } from '../../functions/mechanisms/mechanism.ts';
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import { partnerKey, subjectOn } from '../fixtures/case.ts';

const HERE = { account: '111122223333', region: 'eu-central-1' };

test('an effect is named with account and region, and an effect in IAM with its account', () => {
  const subject = subjectOn(partnerKey);
  expect(effectKeyOf(disableKey, subject)).toBe('111122223333/eu-central-1/api-key:k4partner9');
  expect(effectKeyIn(HERE, 'user:deny-all:ana', true)).toBe(
    '111122223333/global/user:deny-all:ana',
  );
  expect(
    MECHANISMS.filter(({ isGlobal }) => isGlobal)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(['access-key.inactive', 'user.deny-all']);
});

test.each([
  'waf:block:203.0.113.7/32',
  'mail:ana@example.com/18c2f0a1b2c3d4e5',
  'mail:111122223333/x@example.com/18c2f0a1b2c3d4e5',
  'flow-log:eu-central-1:eni-0f1e2d3c4b5a69788',
])('a key of an earlier version stays as it is: %s', (effect) => {
  expect(withoutPlace(effect)).toBe(effect);
  expect(withoutPlace(effectKeyIn(HERE, effect, false))).toBe(effect);
});

test('two places are two effects, and a key without a place is the effect of this place', () => {
  const [here, there] = ['eu-central-1', 'us-east-1'].map((region) =>
    effectKeyIn({ ...HERE, region }, 'api-key:k4partner9', false),
  );
  expect(isSameEffect(here!, there!)).toBe(false);
  expect(isSameEffect(here!, 'api-key:k4partner9')).toBe(true);
  expect(isSameEffect('api-key:k4partner9', here!)).toBe(true);
  expect(isSameEffect(here!, 'api-key:k4partner8')).toBe(false);
  expect(isSameEffect(null, here!)).toBe(false);
});
