// Which models are asked, and for how long.

export const DEFAULT_MODEL = 'claude-sonnet-5-5';
/** Bedrock's name of the same model, routed to wherever there is room. */
export const DEFAULT_BEDROCK_MODEL = 'global.anthropic.claude-sonnet-5-5';

/** Two tries of 45 s stay within the deadline of 100 s, and that within the function's 120 s. */
export const CLAUDE_LIMITS = { maxRetries: 1, timeout: 45_000 } as const;
