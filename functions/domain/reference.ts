// Times, counts and references to entities, as records write them.
import * as z from 'zod/mini';

/** ISO 8601 UTC, for example `2026-11-24T03:00:00.000Z`. */
export const Instant = z.iso.datetime();
export type Instant = z.infer<typeof Instant>;

export const Count = z.int().check(z.gte(0));

/** `ip-1`, `key-2`, ...: a recommendation can name its target only by such a reference. */
export const EntityRef = z.string().check(z.regex(/^[a-z]+(-[a-z]+)*-[1-9][0-9]{0,2}$/));
export type EntityRef = z.infer<typeof EntityRef>;
