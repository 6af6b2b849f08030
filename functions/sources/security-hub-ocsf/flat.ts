// Reads details whose shape differs by product, as a flat list of fields.
import { jsonOf } from '../../domain/json.ts';

/** A field, its path in lower-case letters and digits (`networkinterfaces0ip`), and the names that lead to it. */
export type Field = { letters: string; steps: readonly (string | number)[]; value: string };

const MAX_FIELDS = 500;
const MAX_LEVELS = 8;
/** Their names and values are the owner's text. */
const OWNERS_TEXT = /^(tags|labels)$/i;
/** `AwsEc2Instance={"VpcId":"..."}`, as Security Lake writes details. */
const NAMED_JSON = /([A-Za-z]\w*)=(\{.*?\})(?=\]?$|, [A-Za-z]\w*=\{)/gs;

/** The fields of an object, of JSON text or of several named JSON texts. Empty for anything else. */
export function flatten(value: unknown, within: Field['steps'] = []): Field[] {
  const fields: Field[] = [];
  collect(typeof value === 'string' ? parsed(value) : value, within, fields);
  return fields;
}

function collect(value: unknown, steps: Field['steps'], into: Field[]): void {
  if (into.length >= MAX_FIELDS || steps.length > MAX_LEVELS || value === null) return;
  if (typeof value !== 'object') {
    const letters = steps
      .join('')
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '');
    into.push({ letters, steps, value: String(value) });
    return;
  }
  for (const [name, inner] of Object.entries(value))
    if (!OWNERS_TEXT.test(name))
      collect(inner, [...steps, Array.isArray(value) ? Number(name) : name], into);
}

function parsed(text: string): unknown {
  const whole = jsonOf(text);
  if (whole !== undefined) return whole;
  return [...text.matchAll(NAMED_JSON)].map(([, name = '', json = '']) => ({
    [name]: jsonOf(json) ?? null,
  }));
}

/** The first field whose path matches. */
export const first = (fields: readonly Field[], pattern: RegExp): string | undefined =>
  fields.find(({ letters, value }) => pattern.test(letters) && value !== '')?.value;
