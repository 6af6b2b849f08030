// Stores on the laptop's table in memory, where writers interleave.
import type { Log } from '../../functions/platform/log.ts';
import { createStore, type Store } from '../../functions/store/store.ts';
import { openTable } from '../../local/engine/table.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { BRIEF_PACING } from './pacing.ts';

export type TestStores = {
  /** A store on its own empty table, so that the tests of a file do not affect each other. */
  fresh(log?: Log): Promise<Store>;
};

export const startStores = (): TestStores => ({
  fresh: async (log = () => {}) =>
    createStore(openTable(undefined, { pacing: BRIEF_PACING }), log, KEYS.resumptions),
});
