// Compares names of models, and finds the Bedrock profile of a geography.

/** The inference profiles of Amazon Bedrock that stay in one geography, by the regions of each. */
const GEOGRAPHIES: readonly (readonly [profile: string, regions: RegExp])[] = [
  ['us-gov', /^us-gov-/],
  ['us', /^(?:us|ca)-/],
  ['eu', /^eu-/],
  ['jp', /^ap-northeast-[13]$/],
  ['au', /^ap-southeast-[246]$/],
  ['apac', /^ap-/],
];

const PROFILE = /^(global|us-gov|us|eu|jp|au|apac)\./;

/** The model that an inference profile routes to. */
export const withoutProfile = (model: string): string => model.replace(PROFILE, '');

export const isGlobal = (model: string): boolean => model.startsWith('global.');

/**
 * The name that Bedrock is asked for: the profile of the region's own geography, unless the model names a profile. A
 * region without such a profile answers itself.
 *
 * @example bedrockModelIn('eu-central-1', 'anthropic.claude-sonnet-5-5') // 'eu.anthropic.claude-sonnet-5-5'
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
 */
export function bedrockModelIn(region: string, model: string): string {
  const profile = GEOGRAPHIES.find(([, regions]) => regions.test(region))?.[0];
  return PROFILE.test(model) || !profile ? model : `${profile}.${model}`;
}

/**
 * Every inference profile that `bedrockModelIn` may choose. The region of a stack may be unknown until it is deployed.
 */
export const profilesOf = (model: string): string[] =>
  PROFILE.test(model) ? [model] : GEOGRAPHIES.map(([profile]) => `${profile}.${model}`);

/**
 * The model without provider, profile, date and revision.
 *
 * @example nameOf('eu.anthropic.claude-opus-4-1-20250805-v1:0') // 'claude-opus-4-1'
 */
export const nameOf = (model: string): string =>
  withoutProfile(model)
    .replace(/^anthropic\./, '')
    .replace(/(-\d{8})?(-v\d+(:\d+)?)?$/, '');

const FAMILIES = ['haiku', 'sonnet', 'opus'];
const RANKED = /^claude-(haiku|sonnet|opus)-(\d{1,2})(?:-(\d{1,2}))?$/;

function rankOf(model: string): { family: number; version: number } | null {
  const [, family = '', major, minor = '0'] = RANKED.exec(nameOf(model)) ?? [];
  return major ? { family: FAMILIES.indexOf(family), version: +major * 100 + +minor } : null;
}

/** Whether the model is of a smaller family or an earlier version. True for models that can't be compared. */
export function isWeaker(model: string, than: string): boolean {
  if (nameOf(model) === nameOf(than)) return false;
  const [one, other] = [rankOf(model), rankOf(than)];
  return !one || !other || one.family < other.family || one.version < other.version;
}
