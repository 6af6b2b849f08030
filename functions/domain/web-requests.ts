// Describes the web requests from an address in one sentence.
import type { Fact, SeenOnWeb } from './facts.ts';
import { counted, quoted, timeOfDay } from './wording.ts';

/** The sender chose the path: it is quoted, on one line, and short enough for a phone. */
const MAX_EXAMPLE = 80;

export function describeWebRequests(fact: Fact<SeenOnWeb> | undefined): string {
  if (!fact?.known) return `Unknown: its recent web requests (${fact?.why ?? 'nothing was read'})`;
  const { requests, lastAt, example, sampled, population, from, to } = fact.value;
  const when = `between ${timeOfDay(from)} and ${timeOfDay(to)}`;
  if (requests === 0)
    return sampled >= population
      ? `No web requests from this address ${when}`
      : `None of ${sampled} sampled web requests (of ${population}) ${when} came from this address`;
  return `At least ${counted(requests, 'web request')} from this address ${when}, last at ${timeOfDay(lastAt)}${example ? `: ${quoted(example, MAX_EXAMPLE)}` : ''}`;
}
