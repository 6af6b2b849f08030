// Drill results, and when a drill counts for a mechanism.
import * as z from 'zod/mini';
import { Instant } from './reference.ts';

/** The last drill of one mechanism, on all its canaries. */
export const Drill = z.strictObject({
  mechanism: z.string().check(z.minLength(1), z.maxLength(64)),
  version: z.int().check(z.gte(1)),
  outcome: z.enum(['passed', 'failed']),
  at: Instant,
  /** The account of the drill. A production account adopts the result of a staging account. */
  account: z.string(),
  by: z.string().check(z.minLength(1), z.maxLength(128)),
  /** The canaries, and any error. */
  text: z.string().check(z.maxLength(1000)),
});
export type Drill = z.infer<typeof Drill>;

const DAY_MS = 86_400_000;

/** Why the drill doesn't count for the current version of the mechanism; null if it does. */
export function drillFault(
  drill: Drill | undefined,
  { id, version }: { id: string; version: number },
  maxAgeDays: number,
  now: Date,
): string | null {
  if (!drill) return `${id} has never been drilled`;
  const day = drill.at.slice(0, 10);
  if (drill.version !== version)
    return `${id} was last drilled on ${day} at version ${drill.version}; its version is now ${version}`;
  if (drill.outcome === 'failed') return `${id} failed its last drill, on ${day}`;
  const age = now.getTime() - Date.parse(drill.at);
  if (age > maxAgeDays * DAY_MS)
    return `${id} was last drilled on ${day}; policy allows ${maxAgeDays} days`;
  // A wrong clock must not produce a drill that never expires.
  return age < -DAY_MS ? `the last drill of ${id} has a date in the future: ${day}` : null;
}
