// Write calls in CloudTrail that named one resource, reduced by code.
import * as z from 'zod/mini';
import { Count, EntityRef, Instant } from './reference.ts';

/** Calls of one name by one caller. */
const ResourceChange = z.strictObject({
  /** `lambda:UpdateFunctionConfiguration20150331v2`. */
  name: z.string().check(z.maxLength(128)),
  /** The entity of the alert that called; null for any other identity. */
  by: z.nullable(EntityRef),
  succeeded: Count,
  failed: Count,
  /** The most frequent error; null if none failed. */
  error: z.nullable(z.string().check(z.maxLength(64))),
  firstAt: Instant,
  lastAt: Instant,
});
export type ResourceChange = z.infer<typeof ResourceChange>;

export const MAX_CHANGES = 5;

export const ResourceChanges = z.strictObject({
  from: Instant,
  to: Instant,
  /** With more events than were read, every number is a lower bound. */
  isComplete: z.boolean(),
  /** Successful ones first, then the latest. */
  changes: z.array(ResourceChange).check(z.minLength(1), z.maxLength(MAX_CHANGES)),
  /** How many more names and callers there are. */
  others: Count,
});
export type ResourceChanges = z.infer<typeof ResourceChanges>;
