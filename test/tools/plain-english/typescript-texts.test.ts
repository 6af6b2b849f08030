// Tests that comments, titles and strings are found where they begin and end.
import { expect, test } from 'vitest';
import { textsOf } from '../../../tools/plain-english/texts.ts';

const raw = String.raw;
const lines = (...code: readonly string[]) => code.join('\n');
const found = (code: string, path = 'functions/a.ts') =>
  textsOf(path, code).map(({ kind, line, text }) => [kind, line, text.trim()]);
const comments = (code: string) =>
  textsOf('functions/a.ts', code)
    .filter(({ kind }) => kind === 'comment')
    .map(({ text }) => text.trim());

test('an address in a string begins no comment', () => {
  expect(comments(`const a = 'https://example.com/a'; // the end`)).toEqual(['the end']);
});

test('slashes, stars and quotes in a regular expression begin no comment and no string', () => {
  expect(comments(raw`const a = /\/\* [/] [//] " ' ${'`'}/.test(b / c); /* the end */`)).toEqual([
    'the end',
  ]);
});

test('a template is one text, and its holes are read as code', () => {
  const code = 'const a = `first ${b + `inner // text ${c /* a comment */}`} last // text`;';
  expect(found(code)).toEqual([
    ['comment', 1, 'a comment'],
    ['string', 1, 'first  …  last // text'],
    ['string', 1, 'inner // text  …'],
  ]);
});

test('the type of a template is a text too, and ends before the next comment', () => {
  expect(comments('type A = `one // ${string} two`; // the end')).toEqual(['the end']);
});

test('letters of more than one byte shift no text and no line', () => {
  expect(found(lines('// “Ünïcode” ☃', "const a = 'fünf ☃ words'; // ende ☃"))).toEqual([
    ['comment', 1, '“Ünïcode” ☃'],
    ['comment', 2, 'ende ☃'],
    ['string', 2, 'fünf ☃ words'],
  ]);
});

test('a sentence over two comment lines is one text', () => {
  expect(comments(lines('// it stands', '// at the door', 'f(); // one', '// another'))).toEqual([
    expect.stringMatching(/^it stands\n\s+at the door$/),
    'one',
    'another',
  ]);
});

test('stars of a block comment, code in backticks and addresses are left out', () => {
  const code = lines(
    '/**',
    ' * One `whoever` fact.',
    ' * See https://example.com/nobody */',
    'f();',
  );
  expect(comments(code).map((text) => text.split(/\s+/))).toEqual([['One', 'fact.', 'See']]);
});

test('strings of one word are no text: names, paths, import specifiers', () => {
  expect(found("import a from './nobody.ts'; const b = ['whoever', 'a b'];")).toEqual([
    ['string', 1, 'a b'],
  ]);
});

test('counts titles of a test file, and none of its other strings', () => {
  const code = lines(
    "describe('the gate', () => {",
    "  test.each([['some row']])('refuses %s', () => f('an input text'));",
    '  test(`returns ${n} rows`, () => {});',
    '});',
  );
  expect(found(code, 'test/gate/gate.test.ts')).toEqual([
    ['test title', 1, 'the gate'],
    ['test title', 2, 'refuses %s'],
    ['test title', 3, 'returns  …  rows'],
  ]);
});
