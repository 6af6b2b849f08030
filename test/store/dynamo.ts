// Stores on an in-memory database for the tests of one file.
import { afterAll, beforeAll } from 'vitest';
import type { Log } from '../../functions/platform/log.ts';
import { createStore, type Store } from '../../functions/store/store.ts';
import { type Database, startDatabase } from '../../local/engine/database.ts';

export type TestStores = {
  /** A store over an empty table of its own, so that tests of one file do not see each other. */
  fresh(log?: Log): Promise<Store>;
};

/** The database starts before the first test of the file and ends after the last. */
export function startStores(): TestStores {
  let database: Database;
  let tables = 0;
  beforeAll(async () => {
    database = await startDatabase();
  });
  afterAll(() => database.stop());
  return {
    async fresh(log = () => {}) {
      const name = `countermand-${++tables}`;
      await database.createTable(name);
      return createStore(database.client, name, log);
    },
  };
}
