// Which analyst a deployed function has, by its environment, and the key that it reads when it is first asked.
import { expect, test } from 'vitest';
import { analystFrom } from '../../functions/analyse/deps.ts';
import { lazyAnalyst, parseApiKey } from '../../functions/analyse/lazy-analyst.ts';
import { playbook } from '../../functions/analyse/playbook.ts';
import { ENV } from '../../functions/domain/env.ts';
import { InvalidInput } from '../../functions/domain/errors.ts';
import { alertWith } from '../fixtures/case.ts';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:key';

test('the playbook, where no provider is named', () => {
  expect(analystFrom({})).toBe(playbook);
});

test.each([
  ['anthropic', { [ENV.anthropicSecretArn]: SECRET }],
  ['bedrock', {}],
])('%s, with the model that is named or with one of ours', (provider, env) => {
  const named = { ...env, [ENV.modelProvider]: provider, [ENV.modelId]: 'a-model' };
  expect(analystFrom(named)).toMatchObject({ origin: provider, model: 'a-model' });
  const unnamed = { ...env, [ENV.modelProvider]: provider };
  expect(analystFrom(unnamed).model).toContain('claude');
});

test.each([
  ['a provider that is none', { [ENV.modelProvider]: 'oracle' }, ENV.modelProvider],
  ['a key that is nowhere', { [ENV.modelProvider]: 'anthropic' }, ENV.anthropicSecretArn],
])('with %s the function does not start, and says which variable it is', (_what, env, variable) => {
  expect(() => analystFrom(env)).toThrow(InvalidInput);
  expect(() => analystFrom(env)).toThrow(variable);
});

test.each([undefined, '', '{"key":"sk-ant-api03-secret-value"}', 'sk-ant\nX-Header: secret-value'])(
  'a secret that holds no key (%j) is refused without repeating it',
  (secret) => {
    expect(() => parseApiKey(secret)).toThrow(TypeError);
    expect(() => parseApiKey(secret)).not.toThrow(/secret-value/);
  },
);

test('a key may end in a line break, as editors leave it', () => {
  expect(parseApiKey('sk-ant-api03-0123456789\n')).toBe('sk-ant-api03-0123456789');
});

test('the key is read once for all alerts, and again after it could not be read', async () => {
  let reads = 0;
  const analyst = lazyAnalyst(playbook, async () => {
    if (++reads === 1) throw new Error('the secret cannot be read');
    return playbook;
  });
  const judge = () => analyst.judge({ alert: alertWith() }, AbortSignal.timeout(1_000));
  await expect(judge()).rejects.toThrow('cannot be read');
  await judge();
  await judge();
  expect(reads).toBe(2);
});
