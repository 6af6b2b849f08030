// policies/analysis.yaml: what the model gets, and what its answers cost.
import * as z from 'zod/mini';
import { isGlobal, isWeaker } from '../models.ts';

const Tokens = z.int().check(z.gte(50), z.lte(20_000));
/** US dollars for a million tokens. */
const Price = z.number().check(z.gte(0), z.lte(1000));

const Provider = z.strictObject({
  provider: z.enum(['anthropic', 'bedrock']),
  /** As the provider names it. For Bedrock, a model or an inference profile. */
  model: z.string().check(z.regex(/^[a-z][a-z0-9.:-]{2,127}$/, 'expected the name of a model')),
});

/** How the model is asked. */
const Asking = {
  /** In the order in which they are asked. None: the playbook judges alone. */
  providers: z.array(Provider).check(
    z.maxLength(3),
    z.refine(
      (all) => all.every(({ model }) => !all[0] || !isWeaker(model, all[0].model)),
      'expected no model of a smaller family or an earlier version than the first one',
    ),
  ),
  /** Of every provider, so that none works less on an answer than another. */
  effort: z.enum(['low', 'medium', 'high', 'max']),
  /** Further attempts at one provider after it was overloaded or unreachable. */
  retriesPerProvider: z.int().check(z.gte(0), z.lte(5)),
  /** For all providers and retries together. A provider gets an equal part of the time that is left. */
  secondsInAll: z.int().check(z.gte(10), z.lte(100)),
};
/** What `analyse` gets, without the providers to which the deployment gives no access. */
export const ModelSettings = z.strictObject(Asking);
export type ModelSettings = z.infer<typeof ModelSettings>;

const Calls = z.int().check(z.gte(0), z.lte(100_000));

const File = z.strictObject({
  ...Asking,
  /** Analyses by the model. Above these numbers, the playbook judges without it. */
  budget: z.strictObject({
    /** About one incident in any 60 minutes. */
    perIncidentPerHour: Calls,
    /** Of the stack in one clock hour and on one day, in UTC. */
    perHour: Calls,
    perDay: Calls,
    /** The part of each that is kept for high and critical alerts, half of it for critical ones alone. */
    percentForSevere: z.int().check(z.gte(0), z.lte(100)),
  }),
  /** Analyses in a row that no provider answered, after which no provider is asked for a while. */
  pause: z.strictObject({
    afterFailures: z.int().check(z.gte(1), z.lte(100)),
    minutes: z.int().check(z.gte(1), z.lte(1440)),
  }),
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
  tags: z
    .array(
      z
        .string()
        .check(
          z.regex(
            /^[a-z][a-z0-9-]{0,63}$/,
            'expected the name of a tag in lower case with hyphens',
          ),
        ),
    )
    .check(z.maxLength(40)),
  /**
   * `geography` keeps requests to Amazon Bedrock in the geography of the account, for example the EU. `global` allows a
   * `global.` inference profile, which may send them to any region.
   */
  bedrockProfile: z.enum(['geography', 'global']),
  /** By model, without the name of a provider or a date. A model without a price costs an unknown amount. */
  prices: z.record(
    z.string().check(z.minLength(1), z.maxLength(128)),
    z.strictObject({ input: Price, cacheWrite: Price, cacheRead: Price, output: Price }),
  ),
});

export const AnalysisFile = File.check(
  z.refine(
    ({ providers, bedrockProfile }) =>
      bedrockProfile === 'global' || !providers.some(({ model }) => isGlobal(model)),
    {
      path: ['providers'],
      message:
        'expected no "global." profile, which may send alerts to any region, unless bedrockProfile is global',
    },
  ),
);
export type Analysis = z.infer<typeof AnalysisFile>;
