// The stand-in of EventBridge Scheduler: one-time schedules that fire at the first tick after their time.
import type { Scheduled, Schedules } from '../../functions/scheduling/schedules.ts';
import type { StateFile } from '../aws/state-file.ts';

type Kept = { name: string; at: string; target: Scheduled['target']; attempts: number };

/** As often as EventBridge Scheduler would; then the sweeper finds what is overdue. */
const MAX_ATTEMPTS = 20;

export type LocalScheduler = Schedules & {
  /** Fires what is due. A target that throws stays for the next tick. */
  tick(now: Date): Promise<void>;
};

export function createScheduler(
  file: StateFile<Kept[]>,
  fire: (target: Scheduled['target'], name: string) => Promise<void>,
): LocalScheduler {
  const without = (name: string) => file.read().filter((one) => one.name !== name);
  return {
    put: async ({ name, at, target }) =>
      file.write([...without(name), { name, at: at.toISOString(), target, attempts: 0 }]),
    remove: async (name) => file.write(without(name)),
    async tick(now) {
      const due = file.read().filter(({ at }) => Date.parse(at) <= now.getTime());
      for (const one of due) {
        try {
          await fire(one.target, one.name);
          file.write(without(one.name));
        } catch (error) {
          const attempts = one.attempts + 1;
          const rest = without(one.name);
          file.write(attempts < MAX_ATTEMPTS ? [...rest, { ...one, attempts }] : rest);
          if (attempts >= MAX_ATTEMPTS) throw error;
        }
      }
    },
  };
}
