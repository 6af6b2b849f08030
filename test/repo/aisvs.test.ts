// docs/aisvs.md: each item says where it stands, and names tests that exist.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs/aisvs.md'), 'utf8');
const items = [
  ...page.matchAll(/^- \*\*(9\.\d+\.\d+) [^*]+\*\* ([\s\S]*?)(?=\n- |\n\n|$(?![\s\S]))/gm),
].map(([, number = '', text = '']) => ({ number, text }));
const testsIn = (text: string) =>
  [...text.matchAll(/`(test\/[\w./-]+)`/g)].map(([, path = '']) => path);

test('has an item for each number of the chapter’s sections, without gaps', () => {
  const bySection = Map.groupBy(items, ({ number }) => number.slice(0, '9.1'.length));
  expect([...bySection.keys()]).toEqual(['9.1', '9.2', '9.3', '9.4', '9.5', '9.6']);
  for (const [section, own] of bySection)
    expect(own.map(({ number }) => number)).toEqual(own.map((_, i) => `${section}.${i + 1}`));
});

describe.each(items)('$number', ({ text }) => {
  test('is met, met in part, a gap, or does not apply', () => {
    expect(text).toMatch(/^(Met\b|Gap\.|Doesn't apply)/);
  });

  test('names a test if it is met, and only tests that exist', () => {
    const tests = testsIn(text);
    if (text.startsWith('Met')) expect(tests).not.toEqual([]);
    expect(tests.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
