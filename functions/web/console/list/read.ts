// Reads the summaries for the list: all open incidents, and the newest others.
import type { Summary } from '../../../domain/summary.ts';
import { monthBefore } from '../../../domain/time.ts';
import { keysOf } from '../../../store/read-all.ts';
import type { ConsoleDeps } from '../deps.ts';

/** Summaries that one request reads: about 1 MB, which DynamoDB returns at once. */
const MAX_READ = 1_000;
/** Months without incidents that one request skips. */
const MAX_MONTHS = 24;

export type Read = {
  summaries: Summary[];
  /** Keys of records that can't be read. */
  unreadable: string[];
  /** The last summary that was read, if there are older ones: where the next search continues. */
  more: string | null;
};

type Deps = { store: Pick<ConsoleDeps['store'], 'summaries'>; now: () => Date };

/** Keeps the last answer, and reads again when the revision differs. */
export function createListReader(deps: Deps) {
  let last: { key: string; read: Promise<Read> } | null = null;
  return (revision: string, older: string | undefined): Promise<Read> => {
    const key = `${revision} ${older ?? ''} ${deps.now().toISOString().slice(0, 7)}`;
    if (last?.key !== key) {
      last = { key, read: readList(deps, older) };
      last.read.catch(() => {
        last = null;
      });
    }
    return last.read;
  };
}

async function readList({ store, now }: Deps, older: string | undefined): Promise<Read> {
  const { summaries } = store;
  const [open, oldest] = await Promise.all([summaries.readOpen(now()), summaries.oldestMonth()]);
  const found = new Map(open.found.map((one) => [one.incidentId, one]));
  const unreadable = [...open.keys, ...keysOf(open.unreadable)];
  let month = (older ?? now().toISOString()).slice(0, 'yyyy-mm'.length);
  let before = older;
  let left = MAX_READ;
  let more: string | null = null;
  for (let months = 0; oldest !== null && month >= oldest && months < MAX_MONTHS; months++) {
    const read = await summaries.readMonth(month, { before, limit: left });
    for (const one of read.found) found.set(one.incidentId, one);
    unreadable.push(...keysOf(read.unreadable));
    const last = read.found.at(-1);
    left -= read.found.length + read.unreadable.length;
    if (left <= 0) {
      more = last ? `${last.openedAt}#${last.incidentId}` : null;
      break;
    }
    month = monthBefore(month);
    before = undefined;
  }
  unreadable.push(...[...found.values()].flatMap((one) => one.unreadable));
  return { summaries: [...found.values()], unreadable: [...new Set(unreadable)], more };
}
