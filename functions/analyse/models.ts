// The default models and the time limits of a request.

export const DEFAULT_MODEL = 'claude-sonnet-5-5';
/** The same model on Bedrock, through the global inference profile. */
export const DEFAULT_BEDROCK_MODEL = 'global.anthropic.claude-sonnet-5-5';

/** Covers all attempts and the waits between them. The function's timeout is 120 s. */
export const DEADLINE_MS = 100_000;
/** After an attempt that hangs there is time for one more; after two quick failures (429, 5xx), for a third. */
export const CLAUDE_LIMITS = { maxRetries: 2, timeout: 60_000 } as const;
