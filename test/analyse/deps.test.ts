// The analyst of a deployed function by its environment, and its API key.
import { expect, test } from 'vitest';
import { analystFrom } from '../../functions/analyse/deps.ts';
import { lazyAnalyst, parseApiKey } from '../../functions/analyse/lazy-analyst.ts';
import { playbook } from '../../functions/analyse/playbook-analyst.ts';
import { ENV } from '../../functions/domain/env.ts';
import { InvalidInput } from '../../functions/domain/errors.ts';
import { alertWith } from '../fixtures/case.ts';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:key';

test('uses the playbook when no provider is named', () => {
  expect(analystFrom({})).toBe(playbook);
});

test.each([
  ['anthropic', { [ENV.anthropicSecretArn]: SECRET }],
  ['bedrock', {}],
])('uses %s with the model that is named, or with the default model', (provider, env) => {
  const named = { ...env, [ENV.modelProvider]: provider, [ENV.modelId]: 'a-model' };
  expect(analystFrom(named)).toMatchObject({ origin: provider, model: 'a-model' });
  const unnamed = { ...env, [ENV.modelProvider]: provider };
  expect(analystFrom(unnamed).model).toContain('claude');
});

test.each([
  ['eu-central-1', 'eu.anthropic.claude-sonnet-5-5'],
  ['us-east-1', 'us.anthropic.claude-sonnet-5-5'],
  ['ap-northeast-1', 'jp.anthropic.claude-sonnet-5-5'],
  ['ap-south-1', 'apac.anthropic.claude-sonnet-5-5'],
  ['sa-east-1', 'anthropic.claude-sonnet-5-5'],
])('keeps requests to Bedrock from %s in its geography by default', (AWS_REGION, model) => {
  expect(analystFrom({ [ENV.modelProvider]: 'bedrock', AWS_REGION }).model).toBe(model);
});

test.each([
  ['an unknown provider', { [ENV.modelProvider]: 'oracle' }, ENV.modelProvider],
  ['a missing key', { [ENV.modelProvider]: 'anthropic' }, ENV.anthropicSecretArn],
])('does not start with %s, and names the environment variable', (_what, env, variable) => {
  expect(() => analystFrom(env)).toThrow(InvalidInput);
  expect(() => analystFrom(env)).toThrow(variable);
});

test.each([undefined, '', '{"key":"sk-ant-api03-secret-value"}', 'sk-ant\nX-Header: secret-value'])(
  'rejects a secret without a key (%j), and does not repeat the secret',
  (secret) => {
    expect(() => parseApiKey(secret)).toThrow(TypeError);
    expect(() => parseApiKey(secret)).not.toThrow(/secret-value/);
  },
);

test('accepts a key with a line break at its end', () => {
  expect(parseApiKey('sk-ant-api03-0123456789\n')).toBe('sk-ant-api03-0123456789');
});

test('reads the key once more when the provider rejects it', async () => {
  let reads = 0;
  const rejected = () => Promise.reject(Object.assign(new Error('401'), { status: 401 }));
  const analyst = lazyAnalyst(playbook, async () => ({
    ...playbook,
    judge: ++reads === 2 ? playbook.judge : rejected,
  }));
  const judge = () => analyst.judge({ alert: alertWith() }, AbortSignal.timeout(1_000));
  expect((await judge()).verdict).toBe('malicious');
  await judge();
  expect(reads).toBe(2);
});

test('reads the key once for all alerts, and again only after a failed read', async () => {
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
