// A store on an in-memory database for one test file.

import { createStore, type Store } from '../../functions/store/store.ts';
import { startDatabase } from '../../local/engine/database.ts';

export type TestStore = {
  /** An empty table of its own, so that tests of one file do not see each other. */
  fresh(): Promise<Store>;
  stop(): Promise<void>;
};

export async function startStore(): Promise<TestStore> {
  const database = await startDatabase();
  let tables = 0;
  return {
    async fresh() {
      const name = `countermand-${++tables}`;
      await database.createTable(name);
      return createStore(database.client, name, () => {});
    },
    stop: database.stop,
  };
}
