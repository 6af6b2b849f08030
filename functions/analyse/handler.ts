// Lambda entry of `analyse`: no table, no policy, only its model.
import { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk';
import Anthropic from '@anthropic-ai/sdk';
import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { loggerAsLog } from '../audit/logger.ts';
import { ENV, required } from '../domain/env.ts';
import { InvalidInput } from '../domain/errors.ts';
import { type AnalyseDeps, analyse } from './analyse.ts';
import type { Analyst } from './brief.ts';
import { claude } from './claude.ts';
import { CLAUDE_LIMITS, DEADLINE_MS, DEFAULT_BEDROCK_MODEL, DEFAULT_MODEL } from './models.ts';
import { playbook } from './playbook.ts';
import { apiKeyIn, whenAsked } from './when-asked.ts';

function analystFrom(env: NodeJS.ProcessEnv): Analyst {
  switch (env[ENV.modelProvider]) {
    case 'anthropic': {
      const model = env[ENV.modelId] ?? DEFAULT_MODEL;
      const SecretId = required(env, ENV.anthropicSecretArn);
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

const deps: AnalyseDeps = {
  analyst: analystFrom(process.env),
  deadline: () => AbortSignal.timeout(DEADLINE_MS),
  log: loggerAsLog(new Logger({ serviceName: 'analyse' })),
};

export const handler = (event: unknown) => analyse(deps, event);
