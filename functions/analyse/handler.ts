// Lambda entry of `analyse`: no table, no policy, only its model.

import { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk';
import Anthropic from '@anthropic-ai/sdk';
import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { loggerAsLog } from '../audit/logger.ts';
import { ENV, required } from '../domain/env.ts';
import { type AnalyseDeps, analyse } from './analyse.ts';
import type { Analyst } from './brief.ts';
import { claude } from './claude.ts';
import { CLAUDE_LIMITS, DEFAULT_BEDROCK_MODEL, DEFAULT_MODEL } from './models.ts';
import { playbook } from './playbook.ts';

const log = loggerAsLog(new Logger({ serviceName: 'analyse' }));

async function analystOf(env: NodeJS.ProcessEnv): Promise<Analyst> {
  switch (env[ENV.modelProvider]) {
    case 'anthropic': {
      const { SecretString } = await new SecretsManager({}).getSecretValue({
        SecretId: required(env, ENV.anthropicSecretArn),
      });
      const client = new Anthropic({ ...CLAUDE_LIMITS, apiKey: SecretString ?? '' });
      return claude('anthropic', client, env[ENV.modelId] ?? DEFAULT_MODEL);
    }
    case 'bedrock':
      return claude(
        'bedrock',
        new AnthropicBedrock(CLAUDE_LIMITS),
        env[ENV.modelId] ?? DEFAULT_BEDROCK_MODEL,
      );
    default:
      return playbook;
  }
}

let analyst: Promise<Analyst> | undefined;

export const handler = async (event: unknown) => {
  analyst ??= analystOf(process.env);
  const deps: AnalyseDeps = {
    // An unreadable secret is a failed analysis like any other: a ticket, and the next alert tries again.
    analyst: await analyst.catch((error: unknown) => {
      analyst = undefined;
      return {
        origin: 'anthropic',
        model: null,
        judge: () => Promise.reject(error),
      } satisfies Analyst;
    }),
    deadline: () => AbortSignal.timeout(100_000),
    log,
  };
  return analyse(deps, event);
};
