// Converts GuardDuty's PascalCase (API) to camelCase (EventBridge).

/** The same value with camelCase keys. */
export function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [lowerFirst(key), camelKeys(inner)]),
  );
}

export type Steps = readonly (string | number)[];
/** JSONPath of a part of the finding, spelled as in the event. */
export type At = (...steps: Steps) => string;

/** Converts a camelCase path to the spelling of the event: `$.Service.Action` for `service.action`. */
export function originalPath(root: string, original: unknown, path: Steps): string {
  let here = original;
  let text = root;
  for (const step of path) {
    const key = typeof step === 'string' ? spelling(here, step) : step;
    text += typeof key === 'number' ? `[${key}]` : member(key);
    here = typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined;
  }
  return text;
}

/** Uses brackets if the short form is not a valid JSONPath (RFC 9535): `['AWS::S3::Bucket']`. */
export const member = (key: string): string =>
  /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `['${key.replace(/['\\]/g, '\\$&')}']`;

const spelling = (value: unknown, camel: string): string =>
  (typeof value === 'object' &&
    value !== null &&
    Object.keys(value).find((key) => lowerFirst(key) === camel)) ||
  camel;

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
