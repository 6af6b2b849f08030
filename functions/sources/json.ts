// Parses the JSON of a body or of a message in it, with a limit on nesting.
import { InvalidInput } from '../domain/errors.ts';

/** A GuardDuty finding has about 12 levels. DynamoDB's limit is 32. */
const MAX_LEVELS = 40;
const BYTE_ORDER_MARK = /^\uFEFF/;

/** Throws InvalidInput that names the path for text that is not JSON or nested too deeply. */
export function parseJson(text: string, path: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(BYTE_ORDER_MARK, ''));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidInput(`${path}: expected JSON: ${why}`.slice(0, 300), {}, cause);
  }
  if (nestingDepth(value) > MAX_LEVELS)
    throw new InvalidInput(`${path}: expected at most ${MAX_LEVELS} levels of nesting`);
  return value;
}

/** Iterative, because deep nesting would overflow the stack of a recursive function. */
function nestingDepth(value: unknown): number {
  let level = [value];
  let count = 0;
  while (level.length > 0 && count <= MAX_LEVELS) {
    count++;
    level = level.flatMap((one) => (typeof one === 'object' && one ? Object.values(one) : []));
  }
  return count;
}
