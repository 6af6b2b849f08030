// Chooses the analyst: Claude with an API key, otherwise the playbook.
import type { Analyst } from '../functions/analyse/brief.ts';
import { playbook } from '../functions/analyse/playbook-analyst.ts';
import type { ModelSettings } from '../functions/policy/schemas/analysis.ts';

/**
 * A laptop has access to Anthropic at most, and asks the first of its models that policy names. Without a key, the SDK
 * isn't loaded: it takes about 10 MB of memory.
 */
export async function analystFrom(
  env: Readonly<Record<string, string | undefined>>,
  { providers, ...settings }: ModelSettings,
): Promise<{ analyst: Analyst; name: string }> {
  const apiKey = env.ANTHROPIC_API_KEY;
  const first = providers.find(({ provider }) => provider === 'anthropic');
  if (!apiKey || !first)
    return { analyst: playbook, name: 'the playbook; with ANTHROPIC_API_KEY set, by Claude' };
  const { model } = first;
  const { default: Anthropic } = await import('@anthropic-ai/sdk');
  const { claude, limitsOf } = await import('../functions/analyse/claude.ts');
  const client = new Anthropic({ ...limitsOf({ ...settings, providers: [first] }), apiKey });
  return {
    analyst: claude('anthropic', client, { model, effort: settings.effort }),
    name: model,
  };
}
