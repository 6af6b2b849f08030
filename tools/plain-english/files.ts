// Measures each file: words, markers, headers and wide comments.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Found, markersIn, wordCount } from './markers.ts';
import type { Text } from './text.ts';
import { textsOf } from './texts.ts';

const MAX_HEADER = 80;
const MAX_COLUMNS = 120;
const CODE = '{cli,console,functions,infra,local,test,tools}';
const READ = [`${CODE}/**/*.{ts,md}`, 'policies/**/*.{yaml,md}', 'docs/**/*.md', '*.md'];
const READ_HIDDEN = ['.github/**/*.md'];

/** A marker with its place. */
export interface MarkerAt extends Omit<Found, 'index'> {
  readonly kind: Text['kind'];
  readonly line: number;
}

/** Figures of one file, and the faults of its header and its comments. */
export interface FileFigures {
  readonly path: string;
  readonly words: Readonly<Partial<Record<Text['kind'], number>>>;
  readonly markers: readonly MarkerAt[];
  readonly faults: readonly string[];
}

/** The fault of a TypeScript file's first line; undefined where the header is sound. */
export function headerFault(source: string): string | undefined {
  const [first = '', second = ''] = source.split('\n');
  if (!first.startsWith('// ')) return 'line 1 is not a comment that says what the file does';
  if (first.length > MAX_HEADER)
    return `the header has ${first.length} characters; ${MAX_HEADER} are allowed`;
  if (second.startsWith('//') && !/[.:?)]$/.test(first))
    return 'the header runs on to line 2; say what the file does on line 1';
  return undefined;
}

/** A line of prose. Addresses, and examples, which are indented or marked, can't be broken. */
const COMMENT = /^\s*(?:\/\/|\/\*\*|\*|#) \S/;
const UNBREAKABLE = /https?:|@(?:example|type)\b/;

/** Comments wider than 120 columns, each with its line. */
export const wideComments = (source: string): string[] =>
  source
    .split('\n')
    .flatMap((line, index) =>
      line.length > MAX_COLUMNS && COMMENT.test(line) && !UNBREAKABLE.test(line)
        ? [`line ${index + 1} has ${line.length} columns; ${MAX_COLUMNS} are allowed for a comment`]
        : [],
    );

/** The figures of one source text. */
export function figuresOf(path: string, source: string): FileFigures {
  const texts = textsOf(path, source);
  const markers = texts
    .flatMap(({ kind, line, text }) =>
      markersIn(text).map(({ phrase, index, write }) => ({
        phrase,
        write,
        kind,
        line: line + text.slice(0, index).split('\n').length - 1,
      })),
    )
    .sort((a, b) => a.line - b.line);
  const header = path.endsWith('.ts') ? headerFault(source) : undefined;
  const faults = [header ?? [], path.endsWith('.md') ? [] : wideComments(source)].flat();
  const words: Partial<Record<Text['kind'], number>> = {};
  for (const { kind, text } of texts) words[kind] = (words[kind] ?? 0) + wordCount(text);
  return { path, words, markers, faults };
}

/** The figures of every file that people read, or of those under some paths, sorted by path. */
export function measure(root: string, under: readonly string[] = ['']): FileFigures[] {
  const exclude = ['**/node_modules/**', '**/.planted-*/**'];
  return [...READ, ...READ_HIDDEN]
    .flatMap((pattern) => globSync(pattern, { cwd: root, exclude }))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => under.some((one) => one === '' || path === one || path.startsWith(`${one}/`)))
    .sort()
    .map((path) => figuresOf(path, readFileSync(join(root, path), 'utf8')));
}
