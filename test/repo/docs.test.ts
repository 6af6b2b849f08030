// Documentation pages name only files, headings and commands that exist.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGES = globSync(
  [
    '*.md',
    '.github/**/*.md',
    '{cli,console,docs,functions,infra,local,policies,statemachines,test,tools}/**/*.md',
  ],
  { cwd: ROOT },
).sort();
const textOf = (page: string) => readFileSync(join(ROOT, page), 'utf8');
const withoutCode = (text: string) => text.replaceAll(/^```.*?^```/gms, '');

/** The fragment that GitHub creates for a heading. */
const fragmentOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const fragmentsOf = (page: string) =>
  [...withoutCode(textOf(page)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    fragmentOf(heading),
  );

/** Paths from the root and fragments that a page links to. Links to the web are left out. */
const linksIn = (page: string) =>
  [...withoutCode(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', fragment] = link.split('#');
      return { link, path: path === '' ? page : join(dirname(page), path), fragment };
    });

test('reads the pages of every folder', () => {
  expect(PAGES).toEqual(
    expect.arrayContaining([
      'README.md',
      'functions/gate/README.md',
      'docs/decisions/dependencies.md',
    ]),
  );
});

test.each(PAGES)('%s links to files and headings that exist', (page) => {
  const broken = linksIn(page).filter(
    ({ path, fragment }) =>
      !existsSync(join(ROOT, path)) ||
      (fragment !== undefined && path.endsWith('.md') && !fragmentsOf(path).includes(fragment)),
  );
  expect(broken.map(({ link }) => link)).toEqual([]);
});

/** `functions/gate`, `test/infra/permissions.test.ts`, or below functions, `gate/decide.ts`; no placeholders. */
const PATH =
  /`((?:functions|infra|local|policies|statemachines|test|docs|tools|cli|console)\/[\w./-]+|[a-z-]+\/[\w./-]+\.ts)`/g;
/** The changelog also names paths of earlier versions. */
const CURRENT = PAGES.filter((page) => page !== 'CHANGELOG.md');

test.each(CURRENT)('%s names files and folders that exist', (page) => {
  const paths = [...textOf(page).matchAll(PATH)].map(([, path = '']) => path);
  const missing = paths.filter((path) =>
    ['.', 'functions', dirname(page)].every((folder) => !existsSync(join(ROOT, folder, path))),
  );
  expect(missing).toEqual([]);
});

const SCRIPTS = Object.keys(JSON.parse(textOf('package.json')).scripts);

test.each(PAGES)('%s names npm scripts that exist', (page) => {
  const run = [...textOf(page).matchAll(/npm run (?:-s |--silent )?(\w[\w:-]*)/g)].map(
    ([, script = '']) => script,
  );
  expect(run.filter((script) => !SCRIPTS.includes(script))).toEqual([]);
});

test.each(PAGES)('%s has lines of at most 120 columns', (page) => {
  const long = textOf(page)
    .split('\n')
    .filter((line) => line.length > 120);
  expect(long).toEqual([]);
});

test('the README draws every state of the state machine that calls a function', () => {
  const drawn = /```mermaid\n(.*?)```/s.exec(textOf('README.md'))?.[1] ?? '';
  const definition = textOf('statemachines/respond.asl.json');
  const called = [...definition.matchAll(/\$\{FunctionPrefix\}([a-z]+)/g)].map(([, name]) => name);
  const missing = [...new Set(called)].filter((name) => !new RegExp(`\\b${name}\\b`).test(drawn));
  expect(called).toContain('gate');
  expect(missing).toEqual([]);
});

test('the architecture page names the code and the tests of each promise', () => {
  const promises = textOf('docs/architecture.md')
    .split(/^### P/m)
    .slice(1);
  expect(promises.map((text) => Number.parseInt(text, 10))).toEqual(
    Array.from({ length: 12 }, (_, i) => i + 1),
  );
  for (const text of promises) {
    expect(text).toMatch(/\*\*Kept by:\*\*/);
    expect(text).toMatch(/\*\*Tested by:\*\*[^*]*`test\//);
  }
});

test('decisions are numbered from 1 without a gap, in file name and title', () => {
  const numbered = PAGES.filter((page) => /decisions\/\d/.test(page));
  expect(numbered.length).toBeGreaterThan(0);
  for (const [i, page] of numbered.entries()) {
    expect(page).toContain(`/${String(i + 1).padStart(4, '0')}-`);
    expect(textOf(page)).toMatch(new RegExp(`^# ${i + 1}\\. `));
  }
});

test('each folder of functions has a README of at most 30 lines, named after the folder', () => {
  for (const folder of globSync('functions/*/', { cwd: ROOT })) {
    const lines = textOf(join(folder, 'README.md')).trimEnd().split('\n');
    expect(lines[0], folder).toBe(`# ${folder.split('/')[1]}`);
    expect(lines.length, folder).toBeLessThanOrEqual(30);
  }
});
