// Checks numbers that an analysis states against the lines that it cites.
import type { Alert, Entity } from '../domain/alert.ts';
import type { Citable } from '../domain/citable.ts';

type Quantity = {
  value: number;
  unit: 'bytes' | 'count';
  /** What the sentence says about the outcome of what it counts. */
  outcome: 'failed' | 'succeeded' | null;
  /** Calls and changes. */
  isOfCalls: boolean;
  /** The values that agree: at least `from` and at most `to`. */
  from: number;
  to: number;
};

const WORDS = [
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'],
  ...['eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen'],
  ...['nineteen', 'twenty'],
];
const ONE = '(?:only|just) one|single';
const NUMBER = `${ONE}|\\d{1,3}(?:[, ]\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?(?:k| ?thousand| ?million)\\b|\\d+(?:\\.\\d+)?|${WORDS.slice(2).join('|')}`;
const ABOUT = 'about|around|approximately|approx\\.?|roughly|nearly|almost|circa|some|~|≈';
const MORE = 'more than|over|at least|above|upwards of|>=?|≥';
const LESS = 'less than|fewer than|under|up to|at most|below|<=?|≤';
const BYTES = '(?:[kKMGTP]i?)?B\\b|(?:kilo|mega|giga|tera|peta)?bytes?\\b';
/** What logs and findings count. Times, durations and ports are no counts. */
const NOUNS = [
  ...['accounts?', 'address(?:es)?', 'alerts?', 'attempts?', 'buckets?', 'calls?', 'changes?'],
  ...['clients?', 'connections?', 'countries', 'errors?', 'events?', 'failures?', 'files?'],
  ...['findings?', 'flows?', 'functions?', 'groups?', 'hosts?', 'incidents?', 'instances?', 'ips?'],
  ...['keys?', 'log ?ins?', 'log ?ons?', 'messages?', 'names?', 'networks?', 'objects?'],
  ...['operations?', 'packets?', 'policies', 'policy', 'probes?', 'queries', 'query', 'records?'],
  ...['regions?', 'requests?', 'resources?', 'roles?', 'rules?', 'secrets?', 'servers?'],
  ...['sessions?', 'sign-?ins?', 'signals?', 'success(?:es)?', 'tries', 'users?'],
  // `100 times what it received` counts nothing.
  'times(?! (?:what|as|more|less|larger|the|its))',
].join('|');
const NO_ADJECTIVE = [
  'of|to|in|into|on|at|by|for|from|with|and|or|but|is|are|was|were|be|has|have|that|which|who|as|than|then',
  'the|an?|its?|their|this|these|those|one',
  // `24 November`, `3 AM`, `for 60 minutes`
  '(?:second|minute|hour|day|week|month|year)s?|min|ms|[ap]m|utc|percent',
  '(?:jan|febr)uary|march|april|may|june|july|august|(?:septem|octo|novem|decem)ber',
  WORDS.slice(2).join('|'),
].join('|');
const STATED = new RegExp(
  `(?<![\\p{L}\\d.:/=#_-]|\\d,)(?:(${ABOUT}|${MORE}|${LESS})\\s*)?(${NUMBER})(?:\\s?(${BYTES})|\\s(?:of (?:its|the|their|these|those|all|\\d[\\d,]*) )?((?:(?!(?:${NO_ADJECTIVE})\\s)[\\p{L}'’-]+\\s){0,3}?)(${NOUNS})(?![\\p{L}-]))`,
  'giu',
);
/** `port 22 connections` counts nothing. */
const NAMED_BEFORE = /(?:ports?|status|codes?|https?|error|version|severity|line|and port)\s$/i;
const FAILED = /fail|denied|reject|block|unsuccessful|error|refus/i;
const SUCCEEDED = /(?<!un)success|succeed|accepted|allowed/i;

const POWERS = ['', 'k', 'm', 'g', 't', 'p'];
const bytesOf = (value: number, unit: string): number =>
  /^bytes?$/i.test(unit)
    ? value
    : value * 1000 ** Math.max(0, POWERS.indexOf(unit.slice(0, 1).toLowerCase()));

const IS_ROUNDED = /\d ?(?:k|thousand|million)$/i;
const IS_ONE = new RegExp(`^(?:${ONE})$`, 'i');

function numberOf(text: string): number {
  if (IS_ONE.test(text)) return 1;
  const word = WORDS.indexOf(text.toLowerCase());
  const power = /k$|thousand$/i.test(text) ? 1_000 : /million$/i.test(text) ? 1_000_000 : 1;
  return word >= 0 ? word : Number(text.replaceAll(/[^\d.]/g, '')) * power;
}

/** A size is rounded in the line, and again in the sentence. 1 MiB is 5% more than 1 MB. */
const ROUNDING = 0.06;
const ABOUT_SHARE = 0.15;

/** "More than 400" agrees with 420, and not with a number of another order of magnitude. */
function bounds(value: number, word: string, isSize: boolean): [from: number, to: number] {
  const is = (words: string) => new RegExp(`^(?:${words})$`, 'i').test(word);
  if (is(MORE)) return [value, Math.max(value, value * 10)];
  if (is(LESS)) return [value / 10, value];
  const share = is(ABOUT) ? ABOUT_SHARE : isSize ? ROUNDING : 0;
  return [value * (1 - share), value * (1 + share)];
}

const outcomeIn = (said: string): Quantity['outcome'] =>
  FAILED.test(said) ? 'failed' : SUCCEEDED.test(said) ? 'succeeded' : null;

/** `200 failed calls`, `it failed 200 times`, `200 calls were denied`. Null for 203 in `200 of 203 calls failed`. */
function outcomeOf(
  text: string,
  { index, 0: { length } }: RegExpExecArray,
  counted: string,
): Quantity['outcome'] {
  const [before, after] = [text.slice(0, index), text.slice(index + length)];
  if (/\bof\s$/i.test(before)) return null;
  const last = /\p{L}+\s$/u.exec(before)?.[0] ?? '';
  const next = /^\s(?:(?:was|were|have|has|had|been)\s)*\p{L}+/u.exec(after)?.[0] ?? '';
  return outcomeIn(`${last}${counted}${next}`);
}

function statedIn(text: string): Quantity[] {
  return [...text.matchAll(STATED)].flatMap((match) => {
    const [, bound = '', number = '', size, adjectives = '', noun = ''] = match;
    if (NAMED_BEFORE.test(text.slice(0, match.index))) return [];
    const shown = numberOf(number);
    const value = size ? bytesOf(shown, size) : shown;
    const [low, high] = bounds(value, bound, size !== undefined || IS_ROUNDED.test(number));
    // The last digit that is shown may be rounded: `0.4 GB`.
    const half = size && number.includes('.') ? bytesOf(0.05, size) : 0;
    const outcome = size ? null : outcomeOf(text, match, `${adjectives}${noun}`);
    // `A single user` often counts nothing.
    if (IS_ONE.test(number) && outcome === null) return [];
    return {
      ...{ value, unit: size ? ('bytes' as const) : ('count' as const) },
      ...{ from: low - half, to: high + half },
      outcome,
      isOfCalls: /^(?:call|change|operation|quer|request|attempt|tr|time)/i.test(noun),
    };
  });
}

const all = (text: string, pattern: RegExp): number[] =>
  [...text.matchAll(pattern)].map((match) => Number(match[1] ?? match[2]));

const SIZES = /(\d+(?:\.\d+)?) ([kMGTP]?B)\b/g;
const sizesIn = (text: string): number[] =>
  [...text.matchAll(SIZES)].map(([, value, unit = '']) => bytesOf(Number(value), unit));

const PORTS = /\b\w*ports?=[\d -]+(?: and \d+ more)?/gi;
const COUNTS = /(?<![\w.:/+-])(\d+)(?![\w:/+-]|\.\d| [kMGTP]?B\b)/g;
const countsIn = (text: string): number[] => all(text.replaceAll(PORTS, ''), COUNTS);

const OUTCOMES = {
  failed: /(\d+) (?:failed|rejected)\b|\b(?:failed|rejected)=(?:at least )?(\d+)/g,
  succeeded: /(\d+) accepted\b|\b(?:succeeded|successful|accepted)=(?:at least )?(\d+)/g,
} as const;

/** The values in a line with which a quantity may agree. */
function shownIn(text: string, { unit, outcome, isOfCalls }: Quantity): number[] {
  if (unit === 'bytes') return sizesIn(text);
  const ofOutcome = outcome ? all(text, OUTCOMES[outcome]) : [];
  if (ofOutcome.length > 0) return ofOutcome;
  const counts = countsIn(text);
  const [failed, succeeded] = [all(text, OUTCOMES.failed), all(text, OUTCOMES.succeeded)];
  // Attempts are those that failed and those that succeeded.
  const attempts = failed.flatMap((one) => succeeded.map((other) => one + other));
  if (outcome === 'failed') return counts;
  const [succeededCalls, calls] = isOfCalls ? callsIn(text) : [[], []];
  const changes = /\bchanges=[^;]*/.exec(text)?.[0] ?? '';
  return outcome
    ? [...counts, ...succeededCalls, ...(isOfCalls ? listsIn(changes) : [])]
    : [...counts, ...attempts, ...calls, ...listsIn(text)];
}

/** `calls=iam:CreateUser 3 and 200 failed, iam:ListUsers 5`: 8 that succeeded, and 203 or 208 calls. */
function callsIn(text: string): [succeeded: number[], calls: number[]] {
  const [listed = ''] = /\bcalls=[^;]*/.exec(text) ?? [];
  const failed = sum(all(listed, OUTCOMES.failed));
  const each = listed.split(', ').map((one) => sum(countsIn(one)));
  return listed === '' ? [[], []] : [[sum(each) - failed], [...each, sum(each)]];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);

/** `No login failed`. Only a line that counts failed ones contradicts it. */
const NONE = new RegExp(
  `\\b(?:no|zero|not one|none of (?:its|the|their))\\s((?:(?!(?:${NO_ADJECTIVE}|other|further|more|new)\\s)[\\p{L}'’-]+\\s){0,2}?(?:${NOUNS})(?:\\s(?:was|were|have|has|had|been))*(?:\\s\\p{L}+)?)(?!\\p{L}|\\s(?:after|since|before|during|until|from|on|in|to|at|by|of|with)\\b)`,
  'giu',
);
const deniedIn = (text: string): ('failed' | 'succeeded')[] =>
  [...text.matchAll(NONE)].flatMap(([, said = '']) => outcomeIn(said) ?? []);

/** How many values each list of a line has: `changes=iam:CreateUser iam:AttachUserPolicy`. */
const listsIn = (text: string): number[] =>
  [...text.matchAll(/=([^=;]+?)(?=[,;(]|$)/g)].flatMap(([, list = '']) => [
    list.trim().split(/\s+/).length,
  ]);

/** The entities of each kind, and of each kind in a role. */
const entitiesIn = (entities: readonly Entity[]): number[] =>
  [({ kind }: Entity) => kind, ({ kind, part }: Entity) => `${part} ${kind}`].flatMap((by) =>
    [...Map.groupBy(entities, by).values()].map(({ length }) => length),
  );

/** Whether each quantity in the sentence agrees with one that the lines show. */
export function areQuantitiesGiven(
  stated: string,
  lines: readonly Pick<Citable, 'text' | 'isUntrusted'>[],
  { entities, count }: Pick<Alert, 'entities' | 'count'>,
): boolean {
  const texts = lines.filter(({ isUntrusted }) => !isUntrusted).map((line) => line.text);
  const listed = [...entitiesIn(entities), lines.length, count];
  // Full-width digits are digits.
  const text = stated.normalize('NFKC');
  const isDenied = deniedIn(text).every((outcome) => {
    const shown = texts.flatMap((one) => all(one, OUTCOMES[outcome]));
    return shown.length === 0 || shown.includes(0);
  });
  // `203` in `200 of 203 calls`
  const wholes = text.replaceAll(/\d[\d,.]*%? of (?=\d)/g, 'of ');
  return (
    isDenied &&
    [text, wholes].flatMap(statedIn).every((one) => {
      const shown = [
        ...texts.flatMap((line) => shownIn(line, one)),
        ...(one.unit === 'count' && one.outcome === null ? listed : []),
      ];
      return shown.some((value) => value >= one.from && value <= one.to);
    })
  );
}
