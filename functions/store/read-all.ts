// Reads several stored records, of which some may be unreadable.
import type * as z from 'zod/mini';
import { InvalidInput } from '../domain/errors.ts';
import { readStored } from '../domain/stored.ts';
import { errorFields, type Log } from '../platform/log.ts';
import { isInPlace, locate } from './layout.ts';
import type { Item } from './table.ts';

export type Readable<T> = { found: T[]; unreadable: InvalidInput[] };

/** The keys of unreadable records, as people read them. */
export const keysOf = (unreadable: readonly InvalidInput[]): string[] =>
  unreadable.map(({ ids: { pk, sk } }) => `${pk} ${sk}`);

/** Log message for an unreadable item. */
const UNREADABLE = 'stored item unreadable';

/** Throws InvalidInput for a record of another shape, and for one that belongs under another key. */
export function parse<S extends z.ZodMiniType>(schema: S, { pk, sk, record }: Item): z.infer<S> {
  const parsed = readStored(schema, record, { what: sk, pk, sk });
  const located = locate({ pk, sk });
  if (!located || !isInPlace(located, parsed as Record<string, unknown>))
    throw new InvalidInput('the stored record belongs under another key', { pk, sk });
  return parsed;
}

/** The readable records, and an error with the key of each unreadable one. One bad item doesn't hide the others. */
export function readAll<S extends z.ZodMiniType>(
  schema: S,
  items: readonly Item[],
  log: Log,
): Readable<z.infer<S>> {
  const all: Readable<z.infer<S>> = { found: [], unreadable: [] };
  for (const item of items)
    try {
      all.found.push(parse(schema, item));
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      all.unreadable.push(error);
      log('error', UNREADABLE, errorFields(error));
    }
  return all;
}
