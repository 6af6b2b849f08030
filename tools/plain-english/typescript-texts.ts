// Extracts comments, test titles and string literals from TypeScript.
import { parseSync } from '@swc/core';
import * as z from 'zod/mini';
import type { Text } from './text.ts';

/** Byte offsets into the file. swc counts them from 1. */
const Span = z.object({ start: z.int(), end: z.int() });
const Literal = z.object({ span: Span, value: z.string() });
const Template = z.object({
  span: Span,
  quasis: z.array(z.object({ span: Span, cooked: z.string() })),
});
const Regex = z.object({ span: Span });
const Call = z.object({
  callee: z.unknown(),
  arguments: z.array(z.object({ expression: z.unknown() })),
});

interface Literals {
  /** Spans in which `//` and `/*` do not begin a comment. */
  readonly opaque: { readonly start: number; readonly end: number }[];
  readonly strings: { readonly start: number; readonly value: string; readonly title: boolean }[];
}

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** `test`, `it` or `describe` at the root of `test.each(rows)` and its like. */
function isTestFunction(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === 'Identifier')
    return ['test', 'it', 'describe'].includes(String(callee.value));
  return [callee.object, callee.callee, callee.tag].some(isTestFunction);
}

function collect(node: unknown, found: Literals, titles: Set<unknown>): void {
  if (Array.isArray(node)) {
    for (const child of node) collect(child, found, titles);
    return;
  }
  if (!isNode(node)) return;
  if (node.type === 'CallExpression') {
    const call = Call.parse(node);
    if (isTestFunction(call.callee)) titles.add(call.arguments[0]?.expression);
  } else if (node.type === 'StringLiteral') {
    const { span, value } = Literal.parse(node);
    found.opaque.push(span);
    found.strings.push({ start: span.start, value, title: titles.has(node) });
  } else if (node.type === 'TemplateLiteral' && 'expressions' in node) {
    const { span, quasis } = Template.parse(node);
    found.opaque.push(...quasis.map((quasi) => quasi.span));
    const value = quasis.map(({ cooked }) => cooked).join(' … ');
    found.strings.push({ start: span.start, value, title: titles.has(node) });
  } else if (node.type === 'TemplateElement') {
    found.opaque.push(Span.parse(node.span));
  } else if (node.type === 'RegExpLiteral') {
    found.opaque.push(Regex.parse(node).span);
  }
  for (const child of Object.values(node)) collect(child, found, titles);
}

interface Comment {
  readonly start: number;
  readonly end: number;
}

/** Comments begin outside of literals, so the literals' spans are all that a scan has to skip. */
function commentsIn(bytes: Buffer, opaque: Literals['opaque']): Comment[] {
  const endOf = new Map(opaque.map(({ start, end }) => [start - 1, end - 1]));
  const comments: Comment[] = [];
  for (let at = 0; at < bytes.length; ) {
    const literalEnd = endOf.get(at) ?? at;
    if (literalEnd > at) {
      at = literalEnd;
      continue;
    }
    const opening = bytes.toString('latin1', at, at + 2);
    if (opening !== '//' && opening !== '/*') {
      at += 1;
      continue;
    }
    const close = opening === '//' ? bytes.indexOf('\n', at) : bytes.indexOf('*/', at + 2);
    const end = close === -1 ? bytes.length : close + (opening === '//' ? 0 : 2);
    comments.push({ start: at, end });
    at = end;
  }
  return comments;
}

/** Joins `//` comments on consecutive lines, so that a sentence over two lines is one text. */
function joined(bytes: Buffer, comments: readonly Comment[]): Comment[] {
  const result: Comment[] = [];
  for (const comment of comments) {
    const last = result.at(-1);
    const lineStart = last ? bytes.lastIndexOf('\n', last.start) + 1 : 0;
    const follows =
      last !== undefined &&
      bytes.toString('latin1', comment.start, comment.start + 2) === '//' &&
      /^\s*\/\//.test(bytes.toString('utf8', lineStart, last.end)) &&
      /^\n[ \t]*$/.test(bytes.toString('utf8', last.end, comment.start));
    if (follows) result.splice(-1, 1, { start: last.start, end: comment.end });
    else result.push(comment);
  }
  return result;
}

/** Replaces comment marks, code in backticks and addresses by as many blanks. */
const prose = (comment: string): string =>
  comment
    .replaceAll(/^[ \t]*(\/\/|\/\*\*?|\*(?!\/))|\*\/$/gm, (mark) => ' '.repeat(mark.length))
    .replaceAll(/`[^`]*`|https?:\/\/\S+/g, (code) => code.replaceAll(/[^\n]/g, ' '));

const hasTwoWords = (value: string): boolean =>
  value.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length >= 2;

/**
 * The comments and strings of one file.
 * In tests only titles count: other strings are inputs and expectations, which quote the product.
 */
export function typescriptTexts(source: string, isTest: boolean): Text[] {
  const bytes = Buffer.from(source);
  const found: Literals = { opaque: [], strings: [] };
  collect(parseSync(source, { syntax: 'typescript' }), found, new Set());
  const lineAt = (offset: number) => bytes.toString('latin1', 0, offset).split('\n').length;
  const comments = joined(bytes, commentsIn(bytes, found.opaque)).map(({ start, end }) => ({
    kind: 'comment' as const,
    line: lineAt(start),
    text: prose(bytes.toString('utf8', start, end)),
  }));
  const strings = found.strings
    .filter(({ value, title }) => (title || !isTest) && hasTwoWords(value))
    .map(({ start, value, title }) => ({
      kind: title ? ('test title' as const) : ('string' as const),
      line: lineAt(start - 1),
      text: value,
    }));
  return [...comments, ...strings];
}
