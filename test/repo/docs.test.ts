// What the documentation points at is there.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGES = ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT })].sort();
const textOf = (page: string) => readFileSync(join(ROOT, page), 'utf8');

test.each(PAGES)('%s links to files that exist', (page) => {
  const links = [...textOf(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link = '']) => link);
  const missing = links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => !existsSync(join(ROOT, dirname(page), link)));
  expect(missing).toEqual([]);
});

/** `functions/gate`, `test/infra/rights.test.ts`, and what stands in `functions`, `gate/decide.ts`; no placeholders. */
const PATH =
  /`((?:functions|infra|local|policies|statemachines|test|docs)\/[\w./-]+|[a-z-]+\/[\w./-]+\.ts)`/g;

test.each(PAGES)('%s names files and folders that exist', (page) => {
  const paths = [...textOf(page).matchAll(PATH)].map(([, path = '']) => path);
  const missing = paths.filter(
    (path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, 'functions', path)),
  );
  expect(missing).toEqual([]);
});

test('decisions are numbered from one on, without a gap, in name and title', () => {
  const numbered = PAGES.filter((page) => /decisions\/\d/.test(page));
  expect(numbered.length).toBeGreaterThan(0);
  for (const [i, page] of numbered.entries()) {
    expect(page).toContain(`/${String(i + 1).padStart(4, '0')}-`);
    expect(textOf(page)).toMatch(new RegExp(`^# ${i + 1}\\. `));
  }
});
