// Tests the counts, the limits and the rules for headers and comments.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { figuresOf, headerFault, wideComments } from '../../../tools/plain-english/files.ts';
import { markersIn, wordCount } from '../../../tools/plain-english/markers.ts';
import { reportOf } from '../../../tools/plain-english/report.ts';

const FOLDER = join(import.meta.dirname, '../../../tools/plain-english');
const listed: readonly { find: readonly string[] }[] = parse(
  readFileSync(join(FOLDER, 'markers.yaml'), 'utf8'),
);
const phrases = (text: string) => markersIn(text).map(({ phrase }) => phrase);

describe('markers', () => {
  test.each(listed.flatMap(({ find }) => find))('finds "%s" in a sentence', (find) => {
    const phrase = find.replace('^', '');
    const sentence = `${phrase} written here is found.`;
    expect(phrases(sentence)).toContain(phrase);
    expect(phrases(sentence.toUpperCase())).toContain(phrase);
  });

  test('a phrase is found across a line break', () => {
    expect(phrases('The switch stands\n   at halt.')).toEqual(['switch stands', 'stands at']);
  });

  test('a part of another word is no marker', () => {
    expect(phrases('Somebody-else, mended-by, renewed, "commend", wholesale, bladder.')).toEqual(
      [],
    );
  });

  test('"what is" counts as a subject, and neither in a question nor inside a sentence', () => {
    expect(phrases('Done. What is stored stays: what was read counts.')).toEqual([
      'what is',
      'what was',
    ]);
    expect(phrases('What is Countermand? It shows what is stored.')).toEqual([]);
  });

  test('words are runs that begin with a letter', () => {
    expect(wordCount("It doesn't retry 3 API-key calls (10 s) – ever.")).toBe(7);
  });
});

describe('figures of a file', () => {
  const PAGE = [
    '# Whoever reads this',
    '',
    'Nobody is asked twice, and `whoever` in code',
    'is left [out](https://example.com/nobody.md).',
    '',
    '| a cell | what is kept |',
    '| --- | --- |',
    '```sh',
    'echo nobody',
    '```',
    '- What was read stays.',
  ].join('\n');

  test('counts the words and markers of a page exactly', () => {
    const { words, markers, faults } = figuresOf('docs/page.md', PAGE);
    expect(words).toEqual({ docs: 22 });
    expect(markers.map(({ line, phrase }) => `${line} ${phrase}`)).toEqual([
      '1 whoever',
      '3 nobody',
      '6 what is',
      '11 what was',
    ]);
    expect(faults).toEqual([]);
  });

  test('counts comments and strings of code exactly, by kind', () => {
    const code = "// Says it.\nexport const a = 'nobody was asked'; // of\n// one of ours\n";
    const { words, markers } = figuresOf('functions/a.ts', code);
    expect(words).toEqual({ comment: 6, string: 3 });
    expect(markers.map(({ line, kind, phrase }) => [line, kind, phrase])).toEqual([
      [2, 'string', 'nobody'],
      [3, 'comment', 'of ours'],
    ]);
  });

  test('counts comments of a policy, and no # inside a value', () => {
    const yaml = '# Asks nobody.\nslack: "#nobody here" # mend it\nchannel: a#nobody\n';
    const { words, markers } = figuresOf('policies/a.yaml', yaml);
    expect(words).toEqual({ comment: 4 });
    expect(markers.map(({ line, phrase }) => [line, phrase])).toEqual([
      [1, 'nobody'],
      [2, 'mend'],
    ]);
  });
});

describe('comments', () => {
  const wide = (begin: string) => `${begin}${'word '.repeat(30)}`.slice(0, 121);

  test.each(['// ', ' * ', '  /** ', '# '])(
    'a comment of 121 columns that begins with "%s" is named, one of 120 is not',
    (begin) => {
      expect(wideComments(`// Says it.\n${wide(begin)}\n`)).toEqual([
        'line 2 has 121 columns; 120 are allowed for a comment',
      ]);
      expect(wideComments(wide(begin).slice(0, 120))).toEqual([]);
    },
  );

  test.each(['// https://example.com/', ' * @example ', '#       ask: ', 'const a = '])(
    'an address, an example and code may be wider: "%s"',
    (begin) => {
      expect(wideComments(wide(begin))).toEqual([]);
    },
  );
});

describe('headers', () => {
  const header = (length: number) => `// ${'x'.repeat(length - 4)}.`;

  test('a header of 80 characters is sound, one of 81 or 90 is not', () => {
    expect(headerFault(`${header(80)}\n`)).toBeUndefined();
    expect(headerFault(`${header(81)}\n`)).toBe('the header has 81 characters; 80 are allowed');
    expect(headerFault(`${header(90)}\n`)).toBe('the header has 90 characters; 80 are allowed');
  });

  test('a file without a header, and one whose header runs on to line 2, are named', () => {
    expect(headerFault("import a from 'b';\n")).toMatch(/line 1 is not a comment/);
    expect(headerFault('// Reads the table and\n// writes it.\n')).toMatch(/runs on to line 2/);
    expect(headerFault('// Reads the table.\n// A second fact.\n')).toBeUndefined();
  });
});

describe('limits', () => {
  const none = { long: [] };
  /** A page of 1,000 words of which some are markers. */
  const page = (path: string, markers: number, words = 1000) =>
    figuresOf(path, `${'nobody '.repeat(markers)}${'word '.repeat(words - markers)}`);

  test('two markers per 1,000 words are allowed, and a third one fails', () => {
    expect(reportOf([page('docs/a.md', 2)], none).faults).toEqual([]);
    expect(reportOf([page('docs/a.md', 3)], none).faults).toEqual([
      'all files: 3.0 markers per 1,000 words; 2 are allowed',
    ]);
  });

  test('one file may have six per 1,000 where all together have fewer than two', () => {
    const others = ['b', 'c', 'd', 'e'].map((name) => page(`docs/${name}.md`, 0));
    expect(reportOf([page('docs/a.md', 6), ...others], none).faults).toEqual([]);
    expect(reportOf([page('docs/a.md', 7), ...others], none).faults).toEqual([
      'docs/a.md: 7.0 markers per 1,000 words; 6 are allowed',
    ]);
  });

  test('a file of 200 words or fewer has no limit of its own', () => {
    const other = page('docs/b.md', 0);
    expect(reportOf([page('docs/a.md', 2, 200), other], none).faults).toEqual([]);
    expect(reportOf([page('docs/a.md', 2, 201), other], none).faults).toHaveLength(1);
  });

  test('figures are added up per folder and per kind', () => {
    const { folders, kinds } = reportOf(
      [page('docs/a.md', 1), page('docs/b.md', 2), page('README.md', 0, 10)],
      none,
    );
    expect(folders).toEqual([
      { name: 'docs', words: 2000, markers: 3, rate: 1.5 },
      { name: '.', words: 10, markers: 0, rate: 0 },
    ]);
    expect(kinds.map(({ name, words }) => [name, words])).toEqual([
      ['comment', 0],
      ['docs', 2010],
      ['string', 0],
      ['test title', 0],
    ]);
  });

  test('a header that is too long, a wide comment and a long commit subject are faults', () => {
    const code = figuresOf('functions/a.ts', `// ${'x'.repeat(87)}\n// ${'x '.repeat(70)}\n`);
    expect(reportOf([code], { long: ['abc1234 Do everything'] }).faults).toEqual([
      'functions/a.ts: the header has 90 characters; 80 are allowed',
      'functions/a.ts: line 2 has 143 columns; 120 are allowed for a comment',
      'commit abc1234 Do everything: subject too long',
    ]);
  });
});
