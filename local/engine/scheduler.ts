// The stand-in of EventBridge Scheduler: one-time schedules that fire at the first tick after their time.
import { isDeepStrictEqual } from 'node:util';
import type { StateFile } from '../../functions/mechanisms/stand-in.ts';
import type { Scheduled, Schedules } from '../../functions/platform/schedules.ts';

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
  const firing = new Set<string>();

  /** Answers the error that makes it give up, if any. */
  async function fireOnce(one: Kept): Promise<unknown> {
    try {
      await fire(one.target, one.name);
      if (isUnchanged(file, one)) file.write(without(one.name));
      return undefined;
    } catch (error) {
      if (!isUnchanged(file, one)) return undefined;
      const attempts = one.attempts + 1;
      const isLast = attempts >= MAX_ATTEMPTS;
      file.write([...without(one.name), ...(isLast ? [] : [{ ...one, attempts }])]);
      return isLast ? error : undefined;
    }
  }

  return {
    put: async ({ name, at, target }) =>
      file.write([...without(name), { name, at: at.toISOString(), target, attempts: 0 }]),
    remove: async (name) => file.write(without(name)),
    async tick(now) {
      const due = file.read().filter(({ at }) => Date.parse(at) <= now.getTime());
      const failures: unknown[] = [];
      for (const one of due) {
        // A target may take longer than the pause to the next tick, which then finds the same schedules.
        if (firing.has(one.name) || !isUnchanged(file, one)) continue;
        firing.add(one.name);
        const failure = await fireOnce(one).finally(() => firing.delete(one.name));
        if (failure !== undefined) failures.push(failure);
      }
      if (failures.length > 0)
        throw new AggregateError(failures, `gave up on ${failures.length} schedules`);
    },
  };
}

/** False when it was put anew or removed while it fired: what was put then is for another time, and stays. */
const isUnchanged = (file: StateFile<Kept[]>, one: Kept): boolean =>
  file.read().some((kept) => isDeepStrictEqual(kept, one));
