// Who may write which records: the template's roles against docs/writers.md.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LEADING_KEYS, type Writable } from '../../functions/store/layout.ts';
import type { Settings } from '../../infra/settings.ts';
import {
  covers,
  functionsOf,
  permissionsByRole,
  ROOT,
  templateWith,
} from '../../tools/generate/template.ts';

const template = templateWith();
const functions = functionsOf(template);

/** The partition keys that each function may put, by its name. Checks the form of every statement. */
function keysByFunction(settings: Partial<Settings> = {}): Map<string, string[]> {
  const all =
    Object.keys(settings).length > 0 ? functionsOf(templateWith({ settings })) : functions;
  return new Map(
    [...all.values()].map(({ name, permissions }) => [
      name,
      permissions
        .filter(({ actions }) => actions.includes('dynamodb:PutItem'))
        .flatMap(({ condition }) => {
          const { 'ForAllValues:StringLike': like, ...rest } = condition as Record<string, object>;
          // Without `Null`, a request that has no leading key would be allowed.
          expect(rest, name).toEqual({ Null: { 'dynamodb:LeadingKeys': 'false' } });
          return [Object.values(like ?? {})].flat(2) as string[];
        })
        .sort(),
    ]),
  );
}

const page = readFileSync(join(ROOT, 'docs/writers.md'), 'utf8');
const section = (title: string) => page.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
/** The kinds in each row of the first table of the page. */
const documented = new Map(
  [...section('By function').matchAll(/^\| `([a-z*-]+)` \| (.+) \|$/gm)].map(
    ([, name = '', kinds = '']) => [
      name,
      [...kinds.matchAll(/`(\w+)`/g)].map(([, kind = '']) => kind),
    ],
  ),
);
const rowOf = (name: string) =>
  documented.get(name) ?? documented.get(name.replace(/-.+$/, '-*')) ?? ['no row'];
const keysOf = (kinds: readonly string[]) => kinds.map((kind) => LEADING_KEYS[kind as Writable]);

test('each role may put exactly the kinds of its row on the page', () => {
  const keys = keysByFunction();
  expect(keys.size).toBeGreaterThan(20);
  for (const [name, own] of keys) expect(own, name).toEqual(keysOf(rowOf(name)).sort());
});

test('each kind may be put by exactly the functions in its row on the page', () => {
  const rows = [...section('By kind').matchAll(/^\| (\w+) \| `.+?` \| (.+) \|$/gm)];
  expect(rows.map(([, kind]) => kind)).toEqual(Object.keys(LEADING_KEYS));
  const keys = keysByFunction();
  for (const [, kind = '', writers = ''] of rows) {
    const key = LEADING_KEYS[kind as Writable];
    const isNamed = (name: string) =>
      writers.includes(`\`${name}\``) || writers.includes(`\`${name.replace(/-.+$/, '-*')}\``);
    const allowed = [...keys].filter(([, own]) => own.includes(key)).map(([name]) => name);
    expect(allowed, kind).toEqual([...keys.keys()].filter(isNamed));
  }
});

test('no role of the stack updates, deletes, scans or writes in batches', () => {
  const granted = [...permissionsByRole(template).values()]
    .flat()
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ actions }) => actions)
    .filter((action) => covers('dynamodb:*', action) || action === '*');
  expect([...new Set(granted)].sort()).toEqual([
    'dynamodb:DescribeStream',
    'dynamodb:GetItem',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    'dynamodb:PutItem',
    'dynamodb:Query',
  ]);
});

describe.each([{}, { recordLayout: 1 as const }, { layout1Ended: true }])('with %o', (settings) => {
  const keys = keysByFunction(settings);
  const writersOf = (kind: Writable) =>
    [...keys].filter(([, own]) => own.includes(LEADING_KEYS[kind])).map(([name]) => name);

  test.each(['switch', 'drill', 'unfinishedDrill'] as const)('no function writes a %s', (kind) => {
    expect(writersOf(kind)).toEqual([]);
  });

  test.each(['action', 'lease', 'limiter', 'switch'] as const)(
    'no function that reads untrusted text writes a record of kind %s',
    (kind) => {
      for (const name of ['intake', 'enrich', 'analyse'])
        expect(writersOf(kind)).not.toContain(name);
    },
  );

  test('enrich writes facts, shares look-ups and reserves model calls, and analyse writes nothing', () => {
    expect(keys.get('enrich')).toEqual(['2/FACTS#*', 'ACTIVITY#*', 'MODEL-CALLS#*']);
    expect(keys.get('analyse')).toEqual([]);
  });
});

test('intake may write layout 1 only before a return to an earlier version', () => {
  expect(keysByFunction().get('intake')).not.toContain('INCIDENT#*');
  const keys = keysByFunction({ recordLayout: 1 }).get('intake');
  expect(keys).toContain('INCIDENT#*');
  expect(keys).not.toContain('2/INCIDENT#*');
});

test('no function may write layout 1 once its incidents have ended', () => {
  for (const [name, keys] of keysByFunction({ layout1Ended: true }))
    expect(keys, name).not.toContain('INCIDENT#*');
});
