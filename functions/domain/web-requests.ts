// One sentence about the web requests seen from an address.
import type { Fact, SeenOnWeb } from './facts.ts';
import { quoted, timeOfDay } from './wording.ts';

/** A path is the sender's own text, so it is quoted, on one line, and short enough for a phone. */
const MAX_EXAMPLE = 80;

export function describeWebRequests(fact: Fact<SeenOnWeb> | undefined): string {
  if (!fact?.known)
    return `Recent web requests from it are unknown: ${fact?.why ?? 'nothing was read'}`;
  const { requests, lastAt, example, sampled, population, from, to } = fact.value;
  const when = `between ${timeOfDay(from)} and ${timeOfDay(to)}`;
  if (requests === 0)
    return sampled >= population
      ? `No web requests from it ${when}`
      : `None of the ${sampled} web requests sampled from ${population} ${when} came from it`;
  return `At least ${requests} web request${requests === 1 ? '' : 's'} from it ${when}, the last at ${timeOfDay(lastAt)}${example ? `: ${quoted(example, MAX_EXAMPLE)}` : ''}`;
}
