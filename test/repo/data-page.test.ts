// docs/data.md names exactly the kinds of items that the store writes.
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/data.md'), 'utf8');

/** Partition keys in the code: `KIND#${...}`, or a fixed one. */
const written = globSync('functions/store/*.ts', { cwd: root }).flatMap((file) => {
  const code = readFileSync(join(root, file), 'utf8');
  return [
    ...[...code.matchAll(/`([A-Z]+)#\$\{/g)].map(([, kind]) => kind),
    ...[...code.matchAll(/pk: '([A-Z]+)'/g)].map(([, kind]) => kind),
  ];
});
/** Partition and sort keys of the table of items. */
const documented = (page.split('## Access patterns')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('|') && line.includes('`'))
  .flatMap((line) => [...line.matchAll(/`([A-Z]+)(?:#[^`]*)?`/g)].map(([, kind]) => kind));

test('the page names every kind of item in the code', () => {
  expect(written.length).toBeGreaterThan(8);
  expect([...new Set(written)].filter((kind) => !documented.includes(kind))).toEqual([]);
});

test('the code writes every kind of item on the page', () => {
  const code = globSync('functions/store/*.ts', { cwd: root })
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  expect(documented.filter((kind) => !new RegExp(`['\`]${kind}['#]`).test(code))).toEqual([]);
});
