// The clock: the system's, a movable one for the demo, or a test's.

export type Clock = {
  now(): Date;
  /** Calls back once, at that time or as soon as possible after it. Returns a function that cancels. */
  at(time: Date, callback: () => void): () => void;
};

/** A clock that can be moved ahead. */
export type MovableClock = Clock & {
  /** Moves ahead to `time` and runs the callbacks that became due. Does nothing for a time in the past. */
  moveTo(time: Date): void;
  /** Returns to the present time. Callbacks keep their times. */
  reset(): void;
  /** The time of the next callback, or null. */
  next(): Date | null;
};

/** Runs like the system's clock. `ahead` stores its lead in milliseconds. */
export function movableClock(
  ahead: { read(): number; write(milliseconds: number): void },
  system: Clock = systemClock,
): MovableClock {
  const now = () => new Date(system.now().getTime() + ahead.read());
  type Waiting = { time: Date; callback: () => void; cancel: () => void };
  const waiting = new Set<Waiting>();
  const arm = (one: Waiting) => {
    one.cancel();
    one.cancel = system.at(new Date(one.time.getTime() - ahead.read()), () => {
      waiting.delete(one);
      one.callback();
    });
  };
  return {
    now,
    at(time, callback) {
      const one: Waiting = { time, callback, cancel: () => {} };
      waiting.add(one);
      arm(one);
      return () => {
        waiting.delete(one);
        one.cancel();
      };
    },
    moveTo(time) {
      const by = time.getTime() - now().getTime();
      if (by <= 0) return;
      ahead.write(ahead.read() + by);
      const inOrder = [...waiting].sort((a, b) => a.time.getTime() - b.time.getTime());
      for (const one of inOrder)
        if (one.time > now()) arm(one);
        else {
          waiting.delete(one);
          one.cancel();
          one.callback();
        }
    },
    reset: () => ahead.write(0),
    next: () =>
      [...waiting].map(({ time }) => time).sort((a, b) => a.getTime() - b.getTime())[0] ?? null,
  };
}

export const systemClock: Clock = {
  now: () => new Date(),
  at(time, callback) {
    const timer = setTimeout(
      callback,
      Math.min(Math.max(0, time.getTime() - Date.now()), 2 ** 31 - 1),
    );
    return () => clearTimeout(timer);
  },
};

/** Stands still until a test advances it. */
export function manualClock(start: Date): Clock & { advance(milliseconds: number): void } {
  let now = start.getTime();
  const waiting = new Set<{ time: number; callback: () => void }>();
  return {
    now: () => new Date(now),
    at(time, callback) {
      const entry = { time: time.getTime(), callback };
      waiting.add(entry);
      return () => void waiting.delete(entry);
    },
    advance(milliseconds) {
      now += milliseconds;
      for (const entry of [...waiting]
        .filter(({ time }) => time <= now)
        .sort((a, b) => a.time - b.time)) {
        waiting.delete(entry);
        entry.callback();
      }
    },
  };
}
