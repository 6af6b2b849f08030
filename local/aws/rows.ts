// Values by key, in the order in which they were first put.

export type Rows<T> = {
  get(key: string): T | undefined;
  put(key: string, value: T): void;
  remove(key: string): void;
  /** All values, oldest key first. */
  all(): T[];
};

/** In memory. `put` and `remove` also receive each write. */
export function rowsOf<T>(
  initial: Iterable<readonly [key: string, value: T]> = [],
  stored: Pick<Rows<T>, 'put' | 'remove'> = { put: () => {}, remove: () => {} },
): Rows<T> {
  const rows = new Map(initial);
  return {
    get: (key) => rows.get(key),
    put(key, value) {
      stored.put(key, value);
      rows.set(key, value);
    },
    remove(key) {
      stored.remove(key);
      rows.delete(key);
    },
    all: () => [...rows.values()],
  };
}
