// Policy faults: position, field, expected and found value.
import * as z from 'zod/mini';
import '../domain/english.ts';

export type Path = readonly PropertyKey[];

/** One fault in a policy file. Lines and columns count from 1. */
export type Fault = { file: string; line: number; column: number; field: string; expected: string };

/** Thrown with all the faults of a policy, so that one run finds every fault. */
export class PolicyError extends Error {
  readonly faults: readonly Fault[];
  constructor(faults: readonly Fault[]) {
    super(
      faults.map((f) => `${f.file}:${f.line}:${f.column} ${f.field}: ${f.expected}`).join('\n'),
    );
    this.name = 'PolicyError';
    this.faults = faults;
  }
}

type Issue = z.core.$ZodIssue;
type Finding = { path: Path; expected: string };

/**
 * Converts a zod issue to findings, one per field.
 *
 * @example explain(issue, data, schema) // [{path: ['mode'], expected: 'expected "shadow" or "live", found "on"'}]
 */
export function explain(issue: Issue, data: unknown, schema: z.ZodMiniType): Finding[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      expected: misplaced(key, schema),
    }));
  const found = valueAt(data, issue.path);
  const missing = found === undefined;
  const expected = isUnquoted(issue, found) ? 'expected text in quotes' : expectation(issue);
  const text = missing ? `missing, ${expected}` : `${expected}, found ${shown(found)}`;
  return [{ path: issue.path, expected: text }];
}

/** YAML reads an account ID without quotes as a number. */
const isUnquoted = (issue: Issue, found: unknown): boolean =>
  issue.code === 'invalid_type' &&
  issue.expected === 'string' &&
  (typeof found === 'number' || typeof found === 'boolean');

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `expected ${choice(issue.values)}`;
    case 'invalid_union':
      // zod 4.6 lists the discriminator's options, but its types omit them.
      return 'options' in issue && Array.isArray(issue.options)
        ? `expected ${choice(issue.options)}`
        : ofBranches(issue);
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_format':
      return isOfZod(issue) && FORMATS[issue.format]
        ? `expected ${FORMATS[issue.format]}`
        : issue.message;
    case 'too_small':
      return `expected at least ${issue.minimum}${unitOf(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `expected at most ${issue.maximum}${unitOf(issue.origin, issue.maximum)}`;
    default:
      return issue.message;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  ...{ array: 'a list', object: 'an object', record: 'an object', boolean: 'true or false' },
  ...{ string: 'text', number: 'a number', int: 'a whole number' },
};
const FORMATS: Readonly<Record<string, string>> = {
  cidrv4: 'an IPv4 range such as 198.51.100.0/24',
  cidrv6: 'an IPv6 range such as 2001:db8::/32',
  date: 'a date such as "2027-03-31"',
  email: 'an email address',
  url: 'a URL that begins with https://',
};

/** Whether the schema gives no text of its own. */
const isOfZod = ({ message }: Issue): boolean => message.startsWith('Invalid ');

/** What any branch of a union accepts. */
function ofBranches(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const forms = issue.errors.flatMap(([first]) => (first ? [expectation(first)] : []));
  return isOfZod(issue) && forms.length > 0
    ? forms.join(' or ').replaceAll(' or expected ', ' or ')
    : issue.message;
}

const UNITS: Readonly<Record<string, readonly [one: string, more: string]>> = {
  string: [' character', ' characters'],
  array: [' entry', ' entries'],
};
const unitOf = (origin: string, count: number | bigint) =>
  UNITS[origin]?.[Number(count) === 1 ? 0 : 1] ?? '';

function choice(options: readonly unknown[]): string {
  const shownOptions = options.map(shown);
  const last = shownOptions.pop();
  return shownOptions.length > 0 ? `${shownOptions.join(', ')} or ${last}` : `${last}`;
}

const MAX_SHOWN = 60;

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return (typeof value === 'string' ? JSON.stringify(value) : String(value)).slice(0, MAX_SHOWN);
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    data,
  );
}

/** Maximum edit distance of a suggested name. */
const MAX_DISTANCE = 3;

/** A field that exists elsewhere, such as in actions of another tier, is not misspelled. */
function misplaced(key: string, schema: z.ZodMiniType): string {
  const [nearest] = [...fieldsOf(z.toJSONSchema(schema, { io: 'input' }))]
    .map((name) => ({ name, distance: distance(key, name) }))
    .filter((one) => one.distance <= Math.min(MAX_DISTANCE, key.length / 2))
    .sort((a, b) => a.distance - b.distance);
  if (nearest?.distance === 0) return 'not allowed in this entry, only in others';
  return `unknown field${nearest ? `; did you mean "${nearest.name}"?` : ''}`;
}

/** Every field name in a JSON Schema, including the names that a record may have. */
function* fieldsOf(schema: unknown): Generator<string> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties') yield* Object.keys(value);
    if (keyword === 'propertyNames' && Array.isArray(value.enum)) yield* value.enum;
    yield* fieldsOf(value);
  }
}

/** Levenshtein distance, row by row. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (const [i, a] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, b] of [...to].entries())
      next.push(
        Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (a === b ? 0 : 1)),
      );
    row = next;
  }
  return row[to.length] ?? 0;
}
