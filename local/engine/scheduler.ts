// The stand-in of EventBridge Scheduler: one-time schedules.
import type { Scheduled, Schedules } from '../../functions/platform/schedules.ts';
import type { Rows } from '../aws/rows.ts';

type Kept = Readonly<{ name: string; at: string; target: Scheduled['target']; attempts: number }>;

/** A limit like that of EventBridge Scheduler. After the last attempt, the sweeper finds the overdue work. */
const MAX_ATTEMPTS = 20;

export type LocalScheduler = Schedules & {
  /** Fires due schedules. A schedule whose target throws remains for the next tick. */
  tick(now: Date): Promise<void>;
  /** The time of the next schedule, or null. */
  next(): Date | null;
};

export function createScheduler(
  schedules: Rows<Kept>,
  fire: (target: Scheduled['target'], name: string) => Promise<void>,
): LocalScheduler {
  /** False if the schedule was replaced or removed while it fired. A replacement must remain. */
  const isUnchanged = (one: Kept) => schedules.get(one.name) === one;
  const firing = new Set<string>();

  /** Returns the error of the last attempt, if the attempts are used up. */
  async function fireOnce(one: Kept): Promise<unknown> {
    try {
      await fire(one.target, one.name);
      if (isUnchanged(one)) schedules.remove(one.name);
      return undefined;
    } catch (error) {
      if (!isUnchanged(one)) return undefined;
      const attempts = one.attempts + 1;
      const isLast = attempts >= MAX_ATTEMPTS;
      if (isLast) schedules.remove(one.name);
      else schedules.put(one.name, { ...one, attempts });
      return isLast ? error : undefined;
    }
  }

  return {
    put: async ({ name, at, target }) =>
      schedules.put(name, { name, at: at.toISOString(), target, attempts: 0 }),
    remove: async (name) => schedules.remove(name),
    next: () => {
      const [first] = schedules
        .all()
        .map(({ at }) => at)
        .sort();
      return first === undefined ? null : new Date(first);
    },
    async tick(now) {
      const due = schedules.all().filter(({ at }) => Date.parse(at) <= now.getTime());
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
