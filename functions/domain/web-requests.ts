// What was seen of an address on the web, in a sentence.
import type { Fact, SeenOnWeb } from './facts.ts';
import { hour, quoted } from './wording.ts';

/** A path is the sender's own words: quoted, on one line, and short enough for a phone. */
const MAX_EXAMPLE = 80;

export function seenOnWebInWords(fact: Fact<SeenOnWeb> | undefined): string {
  if (!fact?.known)
    return `What it asked for on the web lately is unknown: ${fact?.why ?? 'nothing was read'}`;
  const { requests, lastAt, example, sampled, population, from, to } = fact.value;
  const when = `between ${hour(from)} and ${hour(to)}`;
  if (requests === 0)
    return sampled >= population
      ? `No web request came from it ${when}`
      : `None of the ${sampled} web requests that were sampled of ${population} ${when} came from it`;
  return `At least ${requests} web request${requests === 1 ? '' : 's'} came from it ${when}, the last at ${hour(lastAt)}${example ? `: ${quoted(example, MAX_EXAMPLE)}` : ''}`;
}
