// Stores on an in-memory database for the tests of one file.
import { afterAll, beforeAll } from 'vitest';
import type { Log } from '../../functions/platform/log.ts';
import { createStore, type Store } from '../../functions/store/store.ts';
import { type Database, startDatabase } from '../../local/engine/database.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { BRIEF_PACING } from './pacing.ts';

export type TestStores = {
  /** A store on its own empty table, so that the tests of a file do not affect each other. */
  fresh(log?: Log): Promise<Store>;
};

/** Starts the database before the first test of the file, and stops it after the last. */
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
      return createStore(database.client, name, log, {
        pacing: BRIEF_PACING,
        resumptions: KEYS.resumptions,
      });
    },
  };
}
