// The default models and the time limits of a request.

export const DEFAULT_MODEL = 'claude-sonnet-5-5';
const BEDROCK_MODEL = 'anthropic.claude-sonnet-5-5';

/** The inference profiles of Amazon Bedrock that stay in one geography, by the regions of each. */
const GEOGRAPHIES: readonly (readonly [profile: string, regions: RegExp])[] = [
  ['us-gov', /^us-gov-/],
  ['us', /^(?:us|ca)-/],
  ['eu', /^eu-/],
  ['jp', /^ap-northeast-[13]$/],
  ['au', /^ap-southeast-[246]$/],
  ['apac', /^ap-/],
];

/**
 * The default model on Bedrock, through the profile of the region's own geography. A region without such a profile
 * answers itself.
 *
 * @example bedrockModelIn('eu-central-1') // 'eu.anthropic.claude-sonnet-5-5'
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
 */
export function bedrockModelIn(region = ''): string {
  const profile = GEOGRAPHIES.find(([, regions]) => regions.test(region))?.[0];
  return profile ? `${profile}.${BEDROCK_MODEL}` : BEDROCK_MODEL;
}

/** Covers all attempts and the waits between them. The function's timeout is 120 s. */
export const DEADLINE_MS = 100_000;
/** After an attempt that hangs there is time for one more; after two quick failures (429, 5xx), for a third. */
export const CLAUDE_LIMITS = { maxRetries: 2, timeout: 60_000 } as const;
