// The clock: the system's, or one that a test advances.

export type Clock = {
  now(): Date;
  /** Calls back once, at that time or as soon as possible after it. Returns a function that cancels. */
  at(time: Date, callback: () => void): () => void;
};

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
