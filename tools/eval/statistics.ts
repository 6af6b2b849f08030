// Intervals and paired comparisons of counted outcomes.

export type Rate = { events: number; of: number };

const Z = 1.959_964;

/**
 * The 95 % interval of Wilson. Null without cases.
 *
 * @see https://doi.org/10.1080/01621459.1927.10502953
 */
export function wilson({ events, of }: Rate): readonly [low: number, high: number] | null {
  if (of === 0) return null;
  const share = events / of;
  const scale = 1 + (Z * Z) / of;
  const middle = (share + (Z * Z) / (2 * of)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** `3 of 42 (2 % to 19 %)`. Zero events allow up to three in n. */
export function shown(rate: Rate): string {
  const interval = wilson(rate);
  if (!interval) return 'no case';
  const [low, high] = interval;
  return `${rate.events} of ${rate.of} (${percent(low)} to ${percent(high)})`;
}

/** The probability of at least so uneven a split of the cases that changed, if worse and better were equally likely. */
export function mcNemar(worse: number, better: number): number {
  const changed = worse + better;
  if (changed === 0) return 1;
  let tail = 0;
  for (let i = 0; i <= Math.min(worse, better); i += 1) tail += binomial(changed, i);
  return Math.min(1, (2 * tail) / 2 ** changed);
}

function binomial(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i += 1) value = (value * (n - k + i)) / i;
  return value;
}
