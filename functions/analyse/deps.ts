// Dependencies of `analyse`, and how they are built in AWS.
import { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk';
import Anthropic from '@anthropic-ai/sdk';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { ENV, type Env, readEnv } from '../domain/env.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { Log } from '../platform/log.ts';
import { createLog } from '../platform/logger.ts';
import type { Analyst } from './brief.ts';
import { claude } from './claude.ts';
import { lazyAnalyst, parseApiKey } from './lazy-analyst.ts';
import { bedrockModelIn, CLAUDE_LIMITS, DEADLINE_MS, DEFAULT_MODEL } from './models.ts';
import { playbook } from './playbook-analyst.ts';

export type AnalyseDeps = {
  analyst: Analyst;
  /** Must fire before the function's timeout, so that the fallback can still be returned. */
  deadline: () => AbortSignal;
  now: () => Date;
  log: Log;
};

/**
 * The model that the environment names, or the playbook when it names none.
 *
 * Throws InvalidInput for an unknown provider, or when the ARN of the API key's secret is missing.
 */
export function analystFrom(env: Env): Analyst {
  switch (env[ENV.modelProvider]) {
    case 'anthropic': {
      const model = env[ENV.modelId] ?? DEFAULT_MODEL;
      const { anthropicSecretArn: SecretId } = readEnv(env, 'anthropicSecretArn');
      return lazyAnalyst({ origin: 'anthropic', model }, async () => {
        const { SecretString } = await new SecretsManager({}).getSecretValue({ SecretId });
        const client = new Anthropic({ ...CLAUDE_LIMITS, apiKey: parseApiKey(SecretString) });
        return claude('anthropic', client, model);
      });
    }
    case 'bedrock': {
      const model = env[ENV.modelId] ?? bedrockModelIn(env.AWS_REGION);
      return claude('bedrock', new AnthropicBedrock(CLAUDE_LIMITS), model);
    }
    case undefined:
      return playbook;
    default:
      throw new InvalidInput(`${ENV.modelProvider} is neither "anthropic" nor "bedrock"`);
  }
}

/** Throws InvalidInput when the environment names an unknown model provider. */
export const analyseDeps = (env: Env): AnalyseDeps => ({
  analyst: analystFrom(env),
  deadline: () => AbortSignal.timeout(DEADLINE_MS),
  now: () => new Date(),
  log: createLog('analyse', env),
});
