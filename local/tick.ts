// The periodic work: summaries, tickets, schedules, sweeper, world check.

/** The intervals of the stack. */
const SWEEP_EVERY_MS = 60_000;
const WORLD_EVERY_MS = 120_000;
/** In the stack every hour. More often here, because a laptop may be switched off at any time. */
const DIGEST_EVERY_MS = 60_000;

export type Periodic = {
  now: () => Date;
  /** Writes the summaries and updates the tickets of incidents that changed. */
  summarise: () => Promise<unknown>;
  runSchedules: () => Promise<unknown>;
  sweep: () => Promise<unknown>;
  checkWorld: () => Promise<unknown>;
  /** Signs a digest of the copies. */
  digest: () => Promise<unknown>;
};

/** The function to call every few seconds. It summarises what changed, fires due schedules, and runs what is due. */
export function createTick(periodic: Periodic): () => Promise<void> {
  const { now, summarise, runSchedules, sweep, checkWorld, digest } = periodic;
  const isSweepDue = interval(SWEEP_EVERY_MS, now);
  const isWorldDue = interval(WORLD_EVERY_MS, now);
  const isDigestDue = interval(DIGEST_EVERY_MS, now);
  return async () => {
    await summarise();
    await runSchedules();
    if (isSweepDue()) await sweep();
    if (isWorldDue()) await checkWorld();
    if (isDigestDue()) await digest();
  };
}

/** True once for each interval that passed. */
function interval(milliseconds: number, now: () => Date): () => boolean {
  let last = now().getTime();
  return () => {
    if (now().getTime() - last < milliseconds) return false;
    last = now().getTime();
    return true;
  };
}
