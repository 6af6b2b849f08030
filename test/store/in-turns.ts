// Records whose calls interleave with those of other callers.
import type fc from 'fast-check';
import type { Store } from '../../functions/store/store.ts';

/** Each call waits for its turn, so that the scheduler tries the orders in which two functions read and write. */
export const inTurns = (records: Store['records'], scheduler: fc.Scheduler): Store['records'] =>
  new Proxy(records, {
    get(target, name, receiver) {
      const call: unknown = Reflect.get(target, name, receiver);
      if (typeof call !== 'function') return call;
      return async (...args: unknown[]) => {
        await scheduler.schedule(Promise.resolve(), String(name));
        return call.apply(target, args);
      };
    },
  });
