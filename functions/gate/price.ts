// The cost of an analysis by the prices in policy.
import type { Assessment, Attempt } from '../domain/assessment.ts';
import { nameOf } from '../policy/models.ts';
import type { Policy } from '../policy/policy.ts';

type Prices = Policy['analysis']['prices'];

/** With the cost of every attempt that was answered. Null if one of their models has no price. */
export function priced(assessment: Assessment, { prices }: Policy['analysis']): Assessment {
  const { record } = assessment;
  if (!record?.attempts?.some(({ tokens }) => tokens)) return assessment;
  const costs = record.attempts.map((one) => costOf(one, prices));
  const costUsd = costs.includes(null)
    ? null
    : costs.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  return { ...assessment, record: { ...record, costUsd } };
}

function costOf({ model, tokens }: Attempt, prices: Prices): number | null {
  if (!tokens) return 0;
  const price = prices[nameOf(model)];
  if (!price) return null;
  const perMillion =
    tokens.input * price.input +
    tokens.cacheWrite * price.cacheWrite +
    tokens.cacheRead * price.cacheRead +
    tokens.output * price.output;
  return perMillion / 1e6;
}
