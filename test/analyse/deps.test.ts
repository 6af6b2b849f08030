// The analyst of a deployed function by its environment, and its API key.
import { expect, test } from 'vitest';
import { analyseDeps } from '../../functions/analyse/deps.ts';
import { lazyAnalyst, parseApiKey } from '../../functions/analyse/lazy-analyst.ts';
import { playbook } from '../../functions/analyse/playbook-analyst.ts';
import { ENV } from '../../functions/domain/env.ts';
import { InvalidInput } from '../../functions/domain/errors.ts';
import { bedrockModelIn } from '../../functions/policy/models.ts';
import type { ModelSettings } from '../../functions/policy/schemas/analysis.ts';
import { alertWith, POLICY } from '../fixtures/case.ts';

const NO_LOG = { tried: () => {}, answered: () => {} };
const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:key';

const SETTINGS = POLICY.analysis;
const withSettings = (change: object) => ({ [ENV.modelSettings]: JSON.stringify(change) });
const settings = (change: Partial<ModelSettings> = {}): ModelSettings => {
  const { providers, effort, retriesPerProvider, secondsInAll } = SETTINGS;
  return { providers, effort, retriesPerProvider, secondsInAll, ...change };
};

test('uses the playbook without settings of a model', () => {
  expect(analyseDeps({}).analysts).toEqual([playbook]);
});

test('asks the providers in the order of policy, with its models and within its time', () => {
  const env = { ...withSettings(settings()), [ENV.anthropicSecretArn]: SECRET };
  const { analysts, milliseconds } = analyseDeps({ ...env, AWS_REGION: 'eu-central-1' });
  expect(analysts.map(({ origin, model }) => [origin, model])).toEqual([
    ['anthropic', 'claude-sonnet-5-5'],
    ['bedrock', 'eu.anthropic.claude-sonnet-5-5'],
  ]);
  expect(milliseconds).toBe(100_000);
});

test.each([
  ['eu-central-1', 'eu.anthropic.claude-sonnet-5-5'],
  ['us-east-1', 'us.anthropic.claude-sonnet-5-5'],
  ['us-gov-west-1', 'us-gov.anthropic.claude-sonnet-5-5'],
  ['ap-northeast-1', 'jp.anthropic.claude-sonnet-5-5'],
  ['ap-south-1', 'apac.anthropic.claude-sonnet-5-5'],
  ['sa-east-1', 'anthropic.claude-sonnet-5-5'],
])('keeps requests to Bedrock from %s in its geography', (region, model) => {
  expect(bedrockModelIn(region, 'anthropic.claude-sonnet-5-5')).toBe(model);
  expect(bedrockModelIn(region, 'us.anthropic.claude-x')).toBe('us.anthropic.claude-x');
});

test.each([
  ['an unknown provider', withSettings({ ...settings(), providers: [{ provider: 'oracle' }] })],
  ['settings that are not JSON', { [ENV.modelSettings]: '{' }],
  ['a missing key', withSettings(settings()), ENV.anthropicSecretArn],
])(
  'does not start with %s, and names the variable',
  (_what, env, variable: string = ENV.modelSettings) => {
    expect(() => analyseDeps(env)).toThrow(InvalidInput);
    expect(() => analyseDeps(env)).toThrow(variable);
  },
);

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
  const judge = () => analyst.judge({ alert: alertWith() }, AbortSignal.timeout(1_000), NO_LOG);
  expect((await judge()).verdict).toBe('suspicious');
  await judge();
  expect(reads).toBe(2);
});

test('reads the key once for all alerts, and again only after a failed read', async () => {
  let reads = 0;
  const analyst = lazyAnalyst(playbook, async () => {
    if (++reads === 1) throw new Error('the secret cannot be read');
    return playbook;
  });
  const judge = () => analyst.judge({ alert: alertWith() }, AbortSignal.timeout(1_000), NO_LOG);
  await expect(judge()).rejects.toThrow('cannot be read');
  await judge();
  await judge();
  expect(reads).toBe(2);
});
