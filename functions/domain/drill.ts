// The proof that a mechanism works and undoes itself, and how long it counts.
import * as z from 'zod';
import { Instant } from './alert.ts';

/** The last drill of one mechanism, on all of its canary targets. */
export const Drill = z.strictObject({
  mechanism: z.string().min(1).max(64),
  version: z.int().min(1),
  outcome: z.enum(['passed', 'failed']),
  at: Instant,
  /** Where it was carried out. A production account takes over what a staging account has shown. */
  account: z.string(),
  by: z.string().min(1).max(128),
  /** On what, and what went wrong. */
  text: z.string().max(1000),
});
export type Drill = z.infer<typeof Drill>;

const DAY_MS = 86_400_000;

/** Why this drill does not vouch for the mechanism as it is now; null when it does. */
export function drillFault(
  drill: Drill | undefined,
  { id, version }: { id: string; version: number },
  maxAgeDays: number,
  now: Date,
): string | null {
  if (!drill) return `${id} has never been drilled`;
  const day = drill.at.slice(0, 10);
  if (drill.version !== version)
    return `${id} was drilled on ${day} as version ${drill.version}, and is version ${version} now`;
  if (drill.outcome === 'failed') return `${id} failed its last drill, on ${day}`;
  const age = now.getTime() - Date.parse(drill.at);
  if (age > maxAgeDays * DAY_MS)
    return `${id} was last drilled on ${day}; policy allows ${maxAgeDays} days`;
  // A clock that was wrong must not make a drill that never ages.
  return age < -DAY_MS ? `the last drill of ${id} is dated ${day}, which has not come yet` : null;
}
