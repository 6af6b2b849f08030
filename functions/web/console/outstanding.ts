// Open requests and changes in force, read once per change of the records.
import type { Action } from '../../domain/action.ts';
import type { Readable } from '../../store/read-all.ts';
import type { Store } from '../../store/store.ts';

type Deps = { store: Pick<Store, 'records' | 'summaries'>; now: () => Date };
export type ReadOutstanding = () => Promise<Readable<Action>>;

/** The answer is read again after this time even if the revision is the same, in case it could not be written. */
const KEPT_MS = 60_000;

/**
 * Returns what `records.outstanding` returns, and keeps the answer until the revision differs. Reading hundreds of
 * actions for the strip of every page would delay the page and cost a read of each.
 */
export function createOutstandingReader({ store, now }: Deps): ReadOutstanding {
  let last: { key: string; read: ReturnType<ReadOutstanding> } | null = null;
  return async () => {
    const revision = await store.summaries.revision();
    // Before the first revision, nothing tells whether a record changed.
    if (revision === '') return store.records.outstanding();
    const key = `${revision} ${Math.floor(now().getTime() / KEPT_MS)}`;
    if (last?.key !== key) {
      last = { key, read: store.records.outstanding() };
      last.read.catch(() => {
        last = null;
      });
    }
    return last.read;
  };
}
