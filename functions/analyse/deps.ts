// Who analyses in AWS: the model that the environment names, or the playbook.
import { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk';
import Anthropic from '@anthropic-ai/sdk';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { ENV, type Env, readEnv } from '../domain/env.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { Analyst } from './brief.ts';
import { claude } from './claude.ts';
import { apiKeyIn, whenAsked } from './lazy-analyst.ts';
import { CLAUDE_LIMITS, DEFAULT_BEDROCK_MODEL, DEFAULT_MODEL } from './models.ts';
import { playbook } from './playbook.ts';

/** Throws InvalidInput for a provider that is none, or where the secret with its key is not named. */
export function analystFrom(env: Env): Analyst {
  switch (env[ENV.modelProvider]) {
    case 'anthropic': {
      const model = env[ENV.modelId] ?? DEFAULT_MODEL;
      const { anthropicSecretArn: SecretId } = readEnv(env, 'anthropicSecretArn');
      return whenAsked({ origin: 'anthropic', model }, async () => {
        const { SecretString } = await new SecretsManager({}).getSecretValue({ SecretId });
        const client = new Anthropic({ ...CLAUDE_LIMITS, apiKey: apiKeyIn(SecretString) });
        return claude('anthropic', client, model);
      });
    }
    case 'bedrock': {
      const model = env[ENV.modelId] ?? DEFAULT_BEDROCK_MODEL;
      return claude('bedrock', new AnthropicBedrock(CLAUDE_LIMITS), model);
    }
    case undefined:
      return playbook;
    default:
      throw new InvalidInput(`${ENV.modelProvider} is neither "anthropic" nor "bedrock"`);
  }
}
