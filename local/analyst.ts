// Chooses the analyst: Claude with an API key, otherwise the playbook.
import Anthropic from '@anthropic-ai/sdk';
import type { Analyst } from '../functions/analyse/brief.ts';
import { claude } from '../functions/analyse/claude.ts';
import { CLAUDE_LIMITS, DEFAULT_MODEL } from '../functions/analyse/models.ts';
import { playbook } from '../functions/analyse/playbook-analyst.ts';

export function analystFrom(env: Readonly<Record<string, string | undefined>>): {
  analyst: Analyst;
  name: string;
} {
  const apiKey = env.ANTHROPIC_API_KEY;
  if (!apiKey)
    return { analyst: playbook, name: 'the playbook; with ANTHROPIC_API_KEY set, by Claude' };
  const model = env.MODEL_ID ?? DEFAULT_MODEL;
  return {
    analyst: claude('anthropic', new Anthropic({ ...CLAUDE_LIMITS, apiKey }), model),
    name: model,
  };
}
