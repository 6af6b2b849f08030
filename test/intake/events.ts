// Events of the console's samples, in the form in which they are delivered.
import { normalise } from '../../functions/sources/normalise.ts';
import type { Finding } from '../../functions/sources/source.ts';
import { unwrap } from '../../functions/sources/unwrap.ts';
import { loadSamples } from '../../local/samples.ts';

const SAMPLES = loadSamples();

/** A copy of a sample's event, which the test may change. */
export function sample(id: string) {
  const found = SAMPLES.find((one) => one.id === id);
  if (!found) throw new Error(`there is no sample ${id}`);
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into events of every shape.
  return structuredClone(found.event) as any;
}

export const sampleIds = SAMPLES.map(({ id }) => id);
/** Findings of products. The generic alert is excluded, because its schema is strict. */
export const productSampleIds = SAMPLES.filter(
  ({ event }) => event['detail-type'] !== 'Countermand Alert',
).map(({ id }) => id);

/** The findings of a body without unreadable parts. */
export const findingsIn = (body: unknown): Finding[] =>
  unwrap(typeof body === 'string' ? body : JSON.stringify(body)).map((part) => {
    if ('error' in part) throw part.error;
    return part;
  });

/** The only alert of a body. */
export function alertOf(body: unknown) {
  const [finding, ...rest] = findingsIn(body);
  if (!finding || rest.length > 0) throw new Error('expected one finding');
  return normalise(finding);
}

/** `ip-1 203.0.113.66 actor` for each entity except the alert itself. */
export const partsOf = (body: unknown): string[] =>
  alertOf(body)
    .entities.filter(({ kind }) => kind !== 'alert')
    .map(({ ref, value, part }) => `${ref} ${value} ${part}`);

/** The value at a simple JSONPath: `$.a[0]['b/c']`. */
export function at(event: unknown, path: string): unknown {
  const steps = [...path.matchAll(/\.([A-Za-z_][\w-]*)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]/g)];
  return steps.reduce<unknown>(
    (here, [, name, index, quoted]) =>
      Reflect.get(Object(here), name ?? index ?? quoted?.replace(/\\(.)/g, '$1') ?? ''),
    event,
  );
}
