// Parses and validates one YAML file, and finds the position of each field.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod/mini';
import { explain, type Fault, type Path } from './fault.ts';

export type Read<T> = { data: T; fault: (path: Path, expected: string) => Fault };

/** The parsed file, or null after adding a fault for every problem to `faults`. */
export function readPolicy<S extends z.ZodMiniType>(
  directory: string,
  name: string,
  schema: S,
  faults: Fault[],
): Read<z.infer<S>> | null {
  const path = join(directory, name);
  const file = relative(process.cwd(), path);
  const text = textOf(path);
  if (text instanceof Error) {
    const why = 'code' in text ? String(text.code) : text.message;
    faults.push({ file, line: 1, column: 1, field: '(file)', expected: `can't be read: ${why}` });
    return null;
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    for (const { linePos, message } of document.errors)
      faults.push({
        file,
        line: linePos?.[0].line ?? 1,
        column: linePos?.[0].col ?? 1,
        field: '(syntax)',
        expected: (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:$/, ''),
      });
    return null;
  }
  const fault = (at: Path, expected: string): Fault => {
    const { line, col } = lines.linePos(offsetOf(document, at));
    return {
      file,
      line,
      column: col,
      field: at.length > 0 ? at.map(String).join('.') : '(file)',
      expected,
    };
  };
  const data: unknown = document.toJS();
  const parsed = schema.safeParse(data);
  if (parsed.success) return { data: parsed.data, fault };
  const mistyped = new Set(
    parsed.error.issues.filter(({ code }) => code === 'invalid_type').map(fieldOf),
  );
  // zod also checks the length of text that should be a list.
  const issues = parsed.error.issues.filter(
    (one) => one.code === 'invalid_type' || !mistyped.has(fieldOf(one)),
  );
  for (const issue of issues)
    for (const { path: at, expected } of explain(issue, data, schema))
      faults.push(fault(at, expected));
  return null;
}

const fieldOf = ({ path }: { path: Path }): string => path.map(String).join('.');

function textOf(path: string): string | Error {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

/** Offset of the field's name, or of the nearest enclosing field that exists. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const around = document.getIn(path.slice(0, depth - 1), true);
    const key = path[depth - 1];
    if (isMap(around)) {
      const pair = around.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0];
    }
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
