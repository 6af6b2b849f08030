// docs/data.md names exactly the keys that the store writes.
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { LEADING_KEYS } from '../../functions/store/layout.ts';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/data.md'), 'utf8');

/** Names of the partition keys in the table of items, for example `2/ACTION` and `LIST`. */
const documented = (page.split('- An incident holds')[0] ?? '')
  .split('\n')
  .flatMap((line) => [...line.matchAll(/^\|[^|]+\| `([A-Z0-9/-]+)(?:#[^`]*)?` \|/g)])
  .map(([, name]) => name);

test('the page names the partition key of every kind of record, and no other', () => {
  const { layout1: _earlier, ...kinds } = LEADING_KEYS;
  const written = Object.values(kinds).map((pattern) => pattern.replace('#*', ''));
  expect(documented.sort()).toEqual(written.sort());
});

test('only the layout spells keys', () => {
  const names = Object.values(LEADING_KEYS).map((pattern) => pattern.replace(/^2\/|#\*$/g, ''));
  const spelled = new RegExp(`['\`](2/)?(${[...new Set(names)].join('|')})#|pk: ['\`]`);
  const files = globSync('{functions,cli,console,local,infra,tools}/**/*.ts', { cwd: root });
  expect(files.length).toBeGreaterThan(100);
  const spelling = files.filter((file) => spelled.test(readFileSync(join(root, file), 'utf8')));
  expect(spelling).toEqual(['functions/store/layout.ts']);
});
