// Pacings for tests, which wait a hundredth of the time or not at all.
import { setTimeout } from 'node:timers/promises';
import type { Pacing } from '../../functions/store/retry.ts';

/** Waits end at once and move a clock of their own. For calls that a test runs in a chosen order. */
export function instantPacing(random: () => number = Math.random): Pacing & { waits: number[] } {
  let now = 0;
  const waits: number[] = [];
  return {
    waits,
    random,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      now += milliseconds;
    },
    now: () => now,
  };
}

/** For writers that really run at the same time. Its slow clock keeps the deadline away on a busy machine. */
export const BRIEF_PACING: Pacing = {
  random: Math.random,
  wait: (milliseconds) => setTimeout(milliseconds / 100),
  now: () => performance.now() / 100,
};
