// The stand-in of EventBridge Scheduler: one-time schedules.
import type { StateFile } from '../../functions/mechanisms/stand-in.ts';
import type { Scheduled, Schedules } from '../../functions/platform/schedules.ts';

type Kept = Readonly<{ name: string; at: string; target: Scheduled['target']; attempts: number }>;
/** By name. */
type Schedule = Readonly<Record<string, Kept>>;

/** A limit like that of EventBridge Scheduler. After the last attempt, the sweeper finds the overdue work. */
const MAX_ATTEMPTS = 20;

export type LocalScheduler = Schedules & {
  /** Fires due schedules. A schedule whose target throws remains for the next tick. */
  tick(now: Date): Promise<void>;
  /** The time of the next schedule, or null. */
  next(): Date | null;
};

export function createScheduler(
  file: StateFile<Schedule>,
  fire: (target: Scheduled['target'], name: string) => Promise<void>,
): LocalScheduler {
  const without = (name: string): Schedule => {
    const { [name]: _removed, ...others } = file.view();
    return others;
  };
  /** False if the schedule was replaced or removed while it fired. A replacement must remain. */
  const isUnchanged = (one: Kept) => file.view()[one.name] === one;
  const firing = new Set<string>();

  /** Returns the error of the last attempt, if the attempts are used up. */
  async function fireOnce(one: Kept): Promise<unknown> {
    try {
      await fire(one.target, one.name);
      if (isUnchanged(one)) file.write(without(one.name));
      return undefined;
    } catch (error) {
      if (!isUnchanged(one)) return undefined;
      const attempts = one.attempts + 1;
      const isLast = attempts >= MAX_ATTEMPTS;
      file.write({ ...without(one.name), ...(!isLast && { [one.name]: { ...one, attempts } }) });
      return isLast ? error : undefined;
    }
  }

  return {
    put: async ({ name, at, target }) =>
      file.write({ ...without(name), [name]: { name, at: at.toISOString(), target, attempts: 0 } }),
    remove: async (name) => file.write(without(name)),
    next: () => {
      const [first] = Object.values(file.view())
        .map(({ at }) => at)
        .sort();
      return first === undefined ? null : new Date(first);
    },
    async tick(now) {
      const due = Object.values(file.view()).filter(({ at }) => Date.parse(at) <= now.getTime());
      const failures: unknown[] = [];
      for (const one of due) {
        // A target may run longer than the interval between ticks. The next tick then finds its schedule again.
        if (firing.has(one.name) || !isUnchanged(one)) continue;
        firing.add(one.name);
        const failure = await fireOnce(one).finally(() => firing.delete(one.name));
        if (failure !== undefined) failures.push(failure);
      }
      if (failures.length > 0)
        throw new AggregateError(
          failures,
          `${failures.length} schedules failed their last attempt`,
        );
    },
  };
}
