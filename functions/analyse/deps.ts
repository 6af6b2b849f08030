// Dependencies of `analyse`, and how they are built in AWS.

import { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk';
import Anthropic from '@anthropic-ai/sdk';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { ENV, type Env, readEnv } from '../domain/env.ts';
import { InvalidInput } from '../domain/errors.ts';
import { jsonOf } from '../domain/json.ts';
import type { Log } from '../platform/log.ts';
import { createLog } from '../platform/logger.ts';
import { bedrockModelIn } from '../policy/models.ts';
import { ModelSettings } from '../policy/schemas/analysis.ts';
import type { Analyst } from './brief.ts';
import { claude, limitsOf } from './claude.ts';
import { lazyAnalyst, parseApiKey } from './lazy-analyst.ts';
import { playbook } from './playbook-analyst.ts';

export type AnalyseDeps = {
  /** In the order in which they are asked. */
  analysts: readonly Analyst[];
  /** For all of them together. Less than the function's timeout, so that the failure can still be returned. */
  milliseconds: number;
  deadline: (milliseconds: number) => AbortSignal;
  now: () => Date;
  log: Log;
};

/** The providers of policy to which the deployment gives access, or the playbook without any. */
export function analystsOf(settings: ModelSettings | null, env: Env): Analyst[] {
  if (!settings || settings.providers.length === 0) return [playbook];
  const { effort } = settings;
  const limits = limitsOf(settings);
  return settings.providers.map(({ provider, model: named }) => {
    if (provider === 'bedrock') {
      const model = bedrockModelIn(env.AWS_REGION ?? '', named);
      return claude('bedrock', new AnthropicBedrock(limits), { model, effort });
    }
    const { anthropicSecretArn: SecretId } = readEnv(env, 'anthropicSecretArn');
    return lazyAnalyst({ origin: 'anthropic', model: named }, async () => {
      const { SecretString } = await new SecretsManager({}).getSecretValue({ SecretId });
      const client = new Anthropic({ ...limits, apiKey: parseApiKey(SecretString) });
      return claude('anthropic', client, { model: named, effort });
    });
  });
}

/** Throws InvalidInput when the environment has invalid settings of the model, or names no key for Anthropic. */
export function analyseDeps(env: Env): AnalyseDeps {
  const settings = settingsIn(env[ENV.modelSettings]);
  return {
    analysts: analystsOf(settings, env),
    milliseconds: (settings?.secondsInAll ?? 1) * 1000,
    deadline: AbortSignal.timeout,
    now: () => new Date(),
    log: createLog('analyse', env),
  };
}

function settingsIn(json: string | undefined): ModelSettings | null {
  if (json === undefined) return null;
  const parsed = ModelSettings.safeParse(jsonOf(json));
  if (parsed.success) return parsed.data;
  throw new InvalidInput(`${ENV.modelSettings} is not valid: ${z.prettifyError(parsed.error)}`);
}
