// Which models are asked, and for how long.

export const DEFAULT_MODEL = 'claude-sonnet-5-5';
/** Bedrock's name of the same model, routed to wherever there is room. */
export const DEFAULT_BEDROCK_MODEL = 'global.anthropic.claude-sonnet-5-5';

/** All tries together, with what lies between them; the function itself has 120 s. */
export const DEADLINE_MS = 100_000;
/** A try that hangs leaves time for another; two quick refusals (429, 5xx) leave time for a third. */
export const CLAUDE_LIMITS = { maxRetries: 2, timeout: 60_000 } as const;
