// Functions that take turns and can be killed at any call, for property tests.
import type fc from 'fast-check';
import { RetryableError } from '../../functions/domain/errors.ts';

/** Resolves when it is the caller's turn. */
export type Turn = (what: string) => Promise<void>;

/** Turns in an order that the scheduler chooses while `concurrently` runs. Before and after it, no one waits. */
export function turnsOf(scheduler: fc.Scheduler) {
  let isOrdered = false;
  const turn: Turn = async (what) => {
    if (isOrdered) await scheduler.schedule(Promise.resolve(), what);
  };
  async function concurrently<T>(work: () => Promise<T>): Promise<T> {
    isOrdered = true;
    const result = await scheduler.waitFor(work());
    isOrdered = false;
    return result;
  }
  return { turn, concurrently };
}

/** Where a function dies: before its nth call (2n) or after it (2n + 1). Null: it survives. */
export type Death = number | null;

/** Thrown when a function is killed. */
class Killed extends Error {}

/** Wraps the calls of one function: each waits for its turn, and the function may die at one of them. */
export function mortal(name: string, dies: Death, turn: Turn): <T extends object>(target: T) => T {
  let calls = 0;
  let isDead = false;
  return (target) =>
    new Proxy(target, {
      get: (object, key) => {
        const method: unknown = Reflect.get(object, key);
        if (typeof method !== 'function') return method;
        return async (...given: unknown[]) => {
          const mine = calls++;
          await turn(`${name}: ${String(key)}`);
          isDead ||= dies === 2 * mine;
          if (isDead) throw new Killed(name);
          const result: unknown = await method.apply(object, given);
          isDead ||= dies === 2 * mine + 1;
          if (isDead) throw new Killed(name);
          return result;
        };
      },
    });
}

/** Retries a retryable error this many times, as the state machine does. Throws any other error. */
export async function retried<T>(times: number, work: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++)
    try {
      return await work(attempt);
    } catch (error) {
      if (!(error instanceof RetryableError) || attempt === times) throw error;
    }
}
