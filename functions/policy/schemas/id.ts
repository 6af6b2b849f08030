// The ID of an entry in a policy file.
import * as z from 'zod/mini';

export const EntryId = z
  .string()
  .check(z.regex(/^[a-z0-9-]{3,64}$/, 'expected 3 to 64 lower-case letters, digits and dashes'));
