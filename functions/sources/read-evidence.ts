// Reads evidence from an event by a table of paths.

import type { Evidence } from '../domain/evidence.ts';
import { jsonOf } from '../domain/json.ts';
import { parseInstant } from './fields.ts';
import { member } from './guardduty/casing.ts';

/** Evidence before references are assigned. `about` holds IDs and names of entities. */
export type Found = Omit<Evidence, 'refs'> & { about: readonly string[] };

/** Names in the evidence, and where each value is relative to the base. */
type Paths = Readonly<Record<string, string>>;

/**
 * One kind of evidence. A path is `a.b[].c`: `[]` stands for every member of a list, `{}` for a map, whose keys and
 * values are joined, and `<json>` for JSON inside a text. Names of fields are compared without their case, because
 * products and collectors write them differently.
 */
export type Spec = {
  kind: Evidence['kind'];
  /** Each value at this path becomes evidence of its own. */
  at: string;
  /** Values that AWS or the product determines. */
  values?: Paths;
  /** Values whose text an attacker, a caller or the author of a resource can choose. */
  untrusted?: Paths;
  from?: string;
  until?: string;
  /** Every value below these fields, under the name of its field. Numbers and booleans count as determined by AWS. */
  leaves?: readonly string[];
};

const MAX_VALUE = 1024;
const MAX_NAME = 64;
const MAX_LIST = 12;
const MAX_NAMES = 40;
const MAX_ITEMS = 120;
/** GuardDuty lists up to 400 endpoints and actors. */
const MAX_MEMBERS = 400;

type Steps = readonly (string | number)[];
type Place = { value: unknown; steps: Steps };

/** What the specs find in `root`. `prefix` is the JSONPath of `root`. */
export const evidenceIn = (root: unknown, specs: readonly Spec[], prefix: string): Found[] =>
  specs.flatMap((spec) =>
    placesAt({ value: root, steps: [] }, spec.at)
      .slice(0, MAX_ITEMS)
      .flatMap((place) => evidenceAt(place, spec, prefix)),
  );

function evidenceAt(place: Place, spec: Spec, prefix: string): Found[] {
  const read = (paths: Paths = {}) =>
    Object.entries(paths).flatMap(([name, path]) => {
      const text = textAt(place, path);
      return text === '' ? [] : [[name, text] as const];
    });
  const leaves = (spec.leaves ?? []).flatMap((path) => placesAt(place, path)).flatMap(leavesOf);
  const values = entries([...read(spec.values), ...leaves.filter(({ isText }) => !isText)]);
  const untrusted = entries([...read(spec.untrusted), ...leaves.filter(({ isText }) => isText)]);
  if (Object.keys(values).length + Object.keys(untrusted).length === 0) return [];
  const time = (path?: string) => (path ? parseInstant(firstAt(place, path)) : null);
  return [
    {
      kind: spec.kind,
      values,
      untrusted,
      about: [],
      from: time(spec.from),
      until: time(spec.until),
      foundAt: `${prefix}${place.steps.map(step).join('')}`.slice(0, 512),
    },
  ];
}

const step = (one: string | number): string => (typeof one === 'number' ? `[${one}]` : member(one));

type Leaf = { name: string; text: string; isText: boolean };
type Pair = Leaf | readonly [string, string];

const entries = (pairs: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(
    pairs
      .slice(0, MAX_NAMES)
      .map((pair) => ('name' in pair ? ([pair.name, pair.text] as const) : pair))
      .map(([name, text]) => [name.slice(0, MAX_NAME), text.slice(0, MAX_VALUE)]),
  );

/** The values that a path leads to. */
function placesAt(from: Place, path: string): Place[] {
  const parts = path.match(/\[\d*\]|\{\}|<json>|[^.[\]{}<>]+/g) ?? [];
  return parts.reduce<Place[]>(
    (places, part) => places.flatMap((place) => next(place, part)),
    [from],
  );
}

function next({ value, steps }: Place, part: string): Place[] {
  if (part === '<json>') return [{ value: jsonIn(value), steps }];
  if (value === null || typeof value !== 'object') return [];
  if (part === '[]' || part === '{}')
    return Object.entries(value)
      .slice(0, MAX_MEMBERS)
      .map(([key, inner]) => ({
        value: inner,
        steps: [...steps, Array.isArray(value) ? Number(key) : key],
      }));
  const index = /^\[(\d+)\]$/.exec(part)?.[1];
  if (index !== undefined)
    return Array.isArray(value) && Number(index) < value.length
      ? [{ value: value[Number(index)], steps: [...steps, Number(index)] }]
      : [];
  const key = Object.keys(value).find((one) => one.toLowerCase() === part.toLowerCase());
  return key === undefined ? [] : [{ value: Reflect.get(value, key), steps: [...steps, key] }];
}

/** The values at a path. */
export const valuesAt = (root: unknown, path: string): unknown[] =>
  placesAt({ value: root, steps: [] }, path).map(({ value }) => value);

/** The texts and numbers at a path, as text. A finding may have any value there. */
export const textsAt = (root: unknown, path: string): string[] =>
  valuesAt(root, path).flatMap((value) => scalar(value) || []);

/** The distinct values, joined. A list that is too long says how many values are missing. */
function textAt(place: Place, path: string): string {
  const isMap = path.endsWith('{}');
  const all = placesAt(place, path).flatMap(({ value, steps }) => {
    const text = scalar(value);
    return text === '' ? [] : [isMap ? `${steps.at(-1)}=${text}` : text];
  });
  const distinct = [...new Set(all)];
  const more = distinct.length - MAX_LIST;
  return [...distinct.slice(0, MAX_LIST), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

const firstAt = (place: Place, path: string): string | number | null => {
  const value = placesAt(place, path)[0]?.value;
  return typeof value === 'string' || typeof value === 'number' ? value : null;
};

function scalar(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/**
 * Each kind once per place: what several specs found at one place is one piece of evidence, and what another piece says
 * too is left out. Products repeat their values in several blocks.
 */
export function merged(all: readonly Found[]): Found[] {
  const byPlace = new Map<string, Found>();
  for (const one of all) {
    const key = JSON.stringify([one.kind, one.foundAt, one.about, one.from, one.until]);
    const same = byPlace.get(key);
    byPlace.set(
      key,
      same
        ? {
            ...one,
            values: { ...one.values, ...same.values },
            untrusted: { ...one.untrusted, ...same.untrusted },
          }
        : one,
    );
  }
  const distinct = [...byPlace.values()];
  return distinct.filter(
    (one, index) => !distinct.some((other, i) => i !== index && repeats(one, other, i < index)),
  );
}

/** Whether `other` says everything that `one` says. Of two equal pieces, the first stays. */
function repeats(one: Found, other: Found, isFirst: boolean): boolean {
  // Each signal counts, also if two are equal.
  if (one.kind === 'signal' || one.kind !== other.kind || one.from !== other.from) return false;
  if (one.about.some((name) => !other.about.includes(name))) return false;
  const within = (part: 'values' | 'untrusted') =>
    Object.entries(one[part]).every(([name, text]) => other[part][name] === text);
  const size = ({ values, untrusted }: Found) =>
    Object.keys(values).length + Object.keys(untrusted).length;
  return within('values') && within('untrusted') && (size(one) < size(other) || isFirst);
}

/** Every text, number and boolean below, under the name of the nearest field. Lists of them are joined. */
function leavesOf({ value, steps }: Place): Leaf[] {
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) {
    const text = [...new Set(value.map(scalar))].filter(Boolean).slice(0, MAX_LIST).join(', ');
    return text === '' ? [] : [{ name: nameOf(steps), text, isText: !isNumbers(value) }];
  }
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .slice(0, MAX_ITEMS)
      .flatMap(([key, inner]) =>
        steps.length > 12
          ? []
          : leavesOf({
              value: inner,
              steps: [...steps, Array.isArray(value) ? Number(key) : key],
            }),
      );
  const text = scalar(value);
  return text === '' ? [] : [{ name: nameOf(steps), text, isText: !isNumbers([value]) }];
}

const isNumbers = (values: readonly unknown[]): boolean =>
  values.every((one) => typeof one !== 'string' || /^(true|false|-?[\d.]{1,20})$/.test(one));

/** The name of the nearest field. A caller can't choose it, unless the event uses text of the caller as a name. */
const nameOf = (steps: Steps): string =>
  String(steps.findLast((one) => typeof one === 'string' && /^\w{1,64}$/.test(one)) ?? 'value');

const jsonIn = (value: unknown): unknown =>
  typeof value === 'string' && /^\s*[{[]/.test(value) ? (jsonOf(value) ?? null) : null;
