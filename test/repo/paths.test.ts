// Paths of our own files work in a folder whose name contains a space.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

test('no path is taken from a URL, which writes a space as %20', () => {
  const sources = globSync('{cli,console,functions,infra,local,test,tools}/**/*.ts', { cwd: ROOT });
  expect(sources.length).toBeGreaterThan(100);
  const taken = sources.filter((source) =>
    /import\.meta\.url\)\s*\.pathname/.test(readFileSync(join(ROOT, source), 'utf8')),
  );
  expect(taken).toEqual([]);
});
