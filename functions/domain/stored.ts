// Reads stored records that another version of the code may have written.
import * as z from 'zod/mini';
import { type Ids, InvalidInput } from './errors.ts';

/** A field that the schema doesn't know, and the path of the object that holds it. */
type Extra = { path: PropertyKey[]; key: string };

/**
 * The parsed value. Fields that a newer version added are kept and written back with the next write, so that an older
 * version neither loses them nor fails to undo an action. Call `hasUnknownFields` before a change that depends on every
 * field. Throws InvalidInput for every other deviation from the schema.
 */
export function readStored<S extends z.ZodMiniType>(
  schema: S,
  value: unknown,
  { what, ...ids }: { what: string } & Ids,
): z.infer<S> {
  const { data, extras, error } = parsed(schema, value);
  if (error)
    throw new InvalidInput(
      `the stored ${what} is not valid: ${z.prettifyError(error)}`,
      ids,
      error,
    );
  for (const { path, key } of extras) at(data, path)[key] = at(value, path)[key];
  return data;
}

/** Whether the value has fields that this version doesn't know. Also true for a value that doesn't parse at all. */
export const hasUnknownFields = (schema: z.ZodMiniType, value: unknown): boolean =>
  !schema.safeParse(value).success;

function parsed<S extends z.ZodMiniType>(schema: S, value: unknown) {
  const first = schema.safeParse(value);
  const extras = first.success ? [] : first.error.issues.flatMap(extrasIn);
  if (first.success || extras.length === 0) return { ...first, extras };
  const known = structuredClone(value);
  for (const { path, key } of extras) delete at(known, path)[key];
  return { ...schema.safeParse(known), extras };
}

const extrasIn = (issue: z.core.$ZodIssue): Extra[] =>
  issue.code === 'unrecognized_keys' ? issue.keys.map((key) => ({ path: issue.path, key })) : [];

const at = (value: unknown, path: readonly PropertyKey[]) =>
  path.reduce<unknown>(
    (found, key) => (found as Record<PropertyKey, unknown>)[key],
    value,
  ) as Record<string, unknown>;
