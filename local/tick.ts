// The periodic work: summaries, tickets, schedules, sweeper, world check.

/** The intervals of the stack. */
const SWEEP_EVERY_MS = 60_000;
const WORLD_EVERY_MS = 120_000;

export type Periodic = {
  now: () => Date;
  /** Writes the summaries and updates the tickets of incidents that changed. */
  summarise: () => Promise<unknown>;
  runSchedules: () => Promise<unknown>;
  sweep: () => Promise<unknown>;
  checkWorld: () => Promise<unknown>;
};

/** The function to call every few seconds. It summarises what changed, fires due schedules, and runs what is due. */
export function createTick(periodic: Periodic): () => Promise<void> {
  const { now, summarise, runSchedules, sweep, checkWorld } = periodic;
  const isSweepDue = interval(SWEEP_EVERY_MS, now);
  const isWorldDue = interval(WORLD_EVERY_MS, now);
  return async () => {
    await summarise();
    await runSchedules();
    if (isSweepDue()) await sweep();
    if (isWorldDue()) await checkWorld();
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
