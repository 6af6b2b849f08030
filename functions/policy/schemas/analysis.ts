// policies/analysis.yaml: what the model gets, and what its answers cost.
import * as z from 'zod/mini';

const Tokens = z.int().check(z.gte(50), z.lte(20_000));
/** US dollars for a million tokens. */
const Price = z.number().check(z.gte(0), z.lte(1000));

export const AnalysisFile = z.strictObject({
  /** The token counter of the budgets below, which are only valid for it. */
  tokenizer: z.literal('countermand-estimate-1'),
  /**
   * The maximum number of tokens of each part of the dossier, and of the whole. Lines above the budget are left out and
   * counted.
   */
  dossierTokens: z.strictObject({
    alert: Tokens,
    entities: Tokens,
    evidence: Tokens,
    unknowns: Tokens,
    context: Tokens,
    total: Tokens,
  }),
  /** Names of tags whose values the model may see, in lower case with hyphens. The values of all others stay here. */
  tags: z.array(z.string().check(z.regex(/^[a-z][a-z0-9-]{0,63}$/))).check(z.maxLength(40)),
  /**
   * `geography` keeps requests to Amazon Bedrock in the geography of the account, for example the EU. `global` allows a
   * `global.` inference profile, which may send them to any region.
   */
  bedrockProfile: z.enum(['geography', 'global']),
  /** By model as the provider names it. A model without a price costs an unknown amount. */
  prices: z.record(
    z.string().check(z.minLength(1), z.maxLength(128)),
    z.strictObject({ input: Price, cacheWrite: Price, cacheRead: Price, output: Price }),
  ),
});
