// Records whose calls interleave with those of other callers.
import type fc from 'fast-check';
import type { Store } from '../../functions/store/store.ts';

/**
 * Each call waits for its turn, so that the scheduler tries the orders in which two functions read and write. From call
 * `crashesAt` on, from 0, every call fails, as after a crash of the function.
 */
export function inTurns(
  records: Store['records'],
  scheduler: fc.Scheduler,
  crashesAt = Number.POSITIVE_INFINITY,
): Store['records'] {
  let calls = 0;
  return new Proxy(records, {
    get(target, name, receiver) {
      const call: unknown = Reflect.get(target, name, receiver);
      if (typeof call !== 'function') return call;
      return async (...args: unknown[]) => {
        await scheduler.schedule(Promise.resolve(), String(name));
        if (calls++ >= crashesAt) throw new Error('crashed');
        return call.apply(target, args);
      };
    },
  });
}
