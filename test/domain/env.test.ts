// A function with missing environment variables names all of them.
import { expect, test } from 'vitest';
import { readEnv } from '../../functions/domain/env.ts';

test('returns the values under the names that code uses', () => {
  const env = { TABLE_NAME: 'countermand', POLICY_PATH: '/opt/policy.json', OTHER: 'x' };
  expect(readEnv(env, 'tableName', 'policyPath')).toEqual({
    tableName: 'countermand',
    policyPath: '/opt/policy.json',
  });
});

test('names every variable that is missing or empty, and no other', () => {
  const env = { TABLE_NAME: 'countermand', POLICY_PATH: '' };
  expect(() => readEnv(env, 'tableName', 'policyPath', 'linkKeyArn')).toThrow(
    'missing environment variables: POLICY_PATH, LINK_KEY_ARN',
  );
});
