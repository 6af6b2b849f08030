// Reads cases/, and makes each case with its variants.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import canonicalize from 'canonicalize';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { Case, CaseFile, Expectation, Payloads } from './case.ts';

export const CASES = join(import.meta.dirname, '..', '..', 'cases');

/** A case as it is evaluated. Its group is the file that it is from: variants of a case are not independent. */
export type Situation = Case & {
  id: string;
  group: string;
  kind: 'base' | 'twin' | 'payload';
};

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Merges fields of objects. Everything else is replaced. */
function merged(base: unknown, change: unknown): unknown {
  if (!isFields(base) || !isFields(change)) return change;
  const names = [...new Set([...Object.keys(base), ...Object.keys(change)])];
  return Object.fromEntries(
    names.map((name) => [
      name,
      name in change && name in base
        ? merged(base[name], change[name])
        : (change[name] ?? base[name]),
    ]),
  );
}

/** Appends the text to the value at the path. Throws RangeError if there is no text. */
function withText(value: unknown, [name, ...rest]: readonly string[], text: string): unknown {
  if (name === undefined) {
    if (value !== undefined && typeof value !== 'string')
      throw new RangeError('a payload needs a field with text');
    // A name has no spaces.
    const between = text.includes(' ') ? ' ' : '';
    return value ? `${value}${between}${text}` : text;
  }
  if (Array.isArray(value))
    return value.map((one, i) => (String(i) === name ? withText(one, rest, text) : one));
  if (!isFields(value)) throw new RangeError(`a payload needs a field ${name}`);
  return { ...value, [name]: withText(value[name], rest, text) };
}

function situationsOf(group: string, file: CaseFile, payloads: Payloads): Situation[] {
  const { variants, ...base } = file;
  return [
    { ...base, id: group, group, kind: 'base' },
    ...variants.map((variant): Situation => {
      const id = `${group}/${variant.id}`;
      if ('payload' in variant) {
        const payload = payloads[variant.payload];
        if (!payload) throw new RangeError(`${id}: no payload ${variant.payload}`);
        const changed = withText(base, variant.field.split('.'), payload.text);
        return { ...Case.parse(changed), id, group, kind: 'payload' };
      }
      const { change, expect, truth = base.truth, why } = variant;
      const changed = Case.parse({
        ...(merged(base, change) as Case),
        expect: Expectation.parse(merged(base.expect, expect ?? {})),
        truth,
        why,
      });
      return { ...changed, id, group, kind: 'twin' };
    }),
  ];
}

/** One case without its variants. Throws if the file is not a valid case. */
export function readCase(path: string): Situation {
  const { variants: _, ...base } = readFile(path);
  const id = basename(path, '.yaml');
  return { ...base, id, group: id, kind: 'base' };
}

export type Catalogue = { files: ReadonlyMap<string, CaseFile>; situations: readonly Situation[] };

/** Throws if a file of the folder is not a valid case. */
export function readCases(folder = CASES): Catalogue {
  const names = readdirSync(folder)
    .filter((name) => /^\d+-[a-z0-9-]+\.yaml$/.test(name))
    .toSorted();
  const payloads = Payloads.parse(read(join(folder, 'payloads.yaml')));
  const files = new Map(
    names.map((name) => [basename(name, '.yaml'), readFile(join(folder, name))] as const),
  );
  return {
    files,
    situations: [...files].flatMap(([id, file]) => situationsOf(id, file, payloads)),
  };
}

function readFile(path: string): CaseFile {
  const parsed = CaseFile.safeParse(read(path));
  if (parsed.success) return parsed.data;
  throw new RangeError(`${basename(path)}: ${z.prettifyError(parsed.error)}`);
}

const read = (file: string): unknown => parse(readFileSync(file, 'utf8'));

/** Of everything that a result depends on. The reasoning may be reworded. */
export const hashOf = ({ why: _, title: __, ...file }: CaseFile): string =>
  createHash('sha256')
    .update(
      canonicalize({ ...file, variants: file.variants.map((one) => ({ ...one, why: '' })) }) ?? '',
    )
    .digest('hex')
    .slice(0, 16);
