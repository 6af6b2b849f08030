// Reads what another version of this code may have stored. docs/data.md has the rule for changing what is stored.
import * as z from 'zod';
import { type Ids, InvalidInput } from './errors.ts';

/** Fields that the schema does not know, each with the object that it is in. */
type Extra = { path: PropertyKey[]; key: string };

/**
 * The parsed value. Fields that a newer version added are kept, and go back into the record with the next write: what
 * this version does not understand must neither stop an undo nor be lost by it. Whoever is about to change something
 * asks `hasUnknownFields` first. Throws InvalidInput for everything else that is not as expected.
 */
export function readStored<S extends z.ZodType>(
  schema: S,
  value: unknown,
  { what, ...ids }: { what: string } & Ids,
): z.infer<S> {
  const { data, extras, error } = parsed(schema, value);
  if (error)
    throw new InvalidInput(
      `the stored ${what} is not as expected: ${z.prettifyError(error)}`,
      ids,
      error,
    );
  for (const { path, key } of extras) at(data, path)[key] = at(value, path)[key];
  return data;
}

/** Whether a newer version wrote more than this one understands. What does not parse at all counts, too. */
export const hasUnknownFields = (schema: z.ZodType, value: unknown): boolean =>
  !schema.safeParse(value).success;

function parsed<S extends z.ZodType>(schema: S, value: unknown) {
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
