// The table on a laptop: one SQLite file, or memory for tests.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Images } from '../../functions/archive/change.ts';
import { Conflict } from '../../functions/domain/errors.ts';
import { type Pacing, SYSTEM_PACING } from '../../functions/store/retry.ts';
import { shardsOf } from '../../functions/store/sweep-index.ts';
import {
  type Condition,
  type Item,
  jsonOf,
  type Key,
  type Table,
} from '../../functions/store/table.ts';
import { INDEXES } from '../../functions/store/table-definition.ts';
import { claimDirectory, DataDirectoryOutdated, openFile } from '../data-directory.ts';
import { checkItem } from './item-limits.ts';

export type LocalTable = Table & {
  /** The same table without waiting for a turn, for pages. */
  atOnce: Table;
  /** Every item. */
  items(): AsyncIterable<Item>;
  /** Completes open requests. Later ones reject. */
  close(): Promise<void>;
};
type Options = {
  pacing?: Pacing;
  /** Receives every write. The writer waits for it. */
  onChange?: ((change: Key & Images) => Promise<void>) | undefined;
};

/** With a folder, the items survive a restart. Throws an error of data-directory.ts if the folder can't be used. */
export function openTable(
  folder?: string,
  { pacing = SYSTEM_PACING, onChange }: Options = {},
): LocalTable {
  const db = folder === undefined ? new DatabaseSync(':memory:') : inFolder(folder);
  if (folder === undefined) db.exec(DEFINITION);
  const [getOne, putOne, removeOne, all] = [
    db.prepare('SELECT item FROM items WHERE pk = ? AND sk = ?'),
    db.prepare('INSERT OR REPLACE INTO items (pk, sk, item) VALUES (?, ?, ?)'),
    db.prepare('DELETE FROM items WHERE pk = ? AND sk = ?'),
    db.prepare('SELECT item FROM items'),
  ];
  const inPartition = (order: 'ASC' | 'DESC') =>
    db.prepare(
      `SELECT item FROM items WHERE pk = ? AND sk >= ? AND sk < ? ORDER BY sk ${order} LIMIT ?`,
    );
  const [oldestFirst, newestFirst] = [inPartition('ASC'), inPartition('DESC')];
  const dueOne = db.prepare(DUE);
  const unsweptOne = db.prepare(UNSWEPT);

  const read = ({ pk, sk }: Key): Item | undefined => {
    const row = getOne.get(pk, sk);
    return row && itemOf(row);
  };
  /** The item before a write. Throws Conflict if the condition fails. */
  const checked = (key: Key, condition: Condition | undefined): Item | null => {
    const stored = read(key);
    if (condition && !holds(condition, stored))
      throw new Conflict(`another writer changed ${key.pk} ${key.sk}`, { pk: key.pk, sk: key.sk });
    return stored ?? null;
  };
  const nextTurn = createTurns();
  let isOpen = true;
  const requireOpen = () => {
    if (!isOpen) throw new Error('The database is stopped');
  };
  /** Runs in a turn of its own, like an answer from AWS, so that writers interleave and pages are served. */
  const inTurn: Runner = async (work) => {
    requireOpen();
    await nextTurn();
    return work();
  };

  const tableOn = (run: Runner): Table => ({
    pacing,
    get: (key) => run(() => read(key)),
    async put(item, condition) {
      const { pk, sk } = item;
      const text = jsonOf(item);
      checkItem(JSON.parse(text));
      const before = await run(() => {
        const stored = checked(item, condition);
        putOne.run(pk, sk, text);
        return stored;
      });
      await onChange?.({ pk, sk, before, after: JSON.parse(text) });
    },
    async remove({ pk, sk }, condition) {
      const before = await run(() => {
        const stored = checked({ pk, sk }, condition);
        removeOne.run(pk, sk);
        return stored;
      });
      await onChange?.({ pk, sk, before, after: null });
    },
    query: (pk, { prefix = '', before = '', newestFirst: isNewest = false, limit = -1 } = {}) =>
      run(() => {
        const query = isNewest ? newestFirst : oldestFirst;
        return query.all(pk, prefix, before || prefix + LAST, limit).map(itemOf);
      }),
    due: (list, until, limit = -1) =>
      run(() => {
        const open = list === 'attention' ? 'yes' : null;
        return dueOne.all(JSON.stringify(shardsOf(list)), until, open, until, limit).map(keyOf);
      }),
    unswept: () => run(() => unsweptOne.all().map(keyOf)),
  });
  return {
    ...tableOn(inTurn),
    atOnce: tableOn(async (work) => {
      requireOpen();
      return work();
    }),
    async *items() {
      for (const row of await inTurn(() => all.iterate())) yield itemOf(row);
    },
    async close() {
      isOpen = false;
      await nextTurn();
      db.close();
    },
  };
}

type Runner = <T>(work: () => T) => Promise<T>;

/** Resolves one promise per turn of the event loop, in order. Between two, the loop reads requests and timers. */
function createTurns(): () => Promise<void> {
  const waiting: (() => void)[] = [];
  const next = () => {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(next);
  };
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(next);
    });
}

/** Sorts after every other character. */
const LAST = '\u{10ffff}';

const { attention, sweep } = INDEXES;
const columnsOf = ({ partitionKey, sortKey }: (typeof INDEXES)[keyof typeof INDEXES]) =>
  [`item ->> '${partitionKey}'`, `item ->> '${sortKey}'`] as const;
const [OPEN, ATTENTION_AT] = columnsOf(attention);
const [SHARD, SWEEP_AT] = columnsOf(sweep);

const DEFINITION = [
  'CREATE TABLE IF NOT EXISTS items (pk TEXT, sk TEXT, item TEXT, PRIMARY KEY (pk, sk))',
  ...Object.values(INDEXES).map((index) => {
    const [partition, at] = columnsOf(index);
    const isListed = `${partition} IS NOT NULL AND ${at} IS NOT NULL`;
    return `CREATE INDEX IF NOT EXISTS ${index.name} ON items (${partition}, ${at}) WHERE ${isListed}`;
  }),
].join(';\n');
const DUE = `SELECT pk, sk, max(at) AS at FROM (
  SELECT pk, sk, ${SWEEP_AT} AS at FROM items
    WHERE ${SHARD} IN (SELECT value FROM json_each(?)) AND ${SWEEP_AT} <= ?
  UNION ALL
  SELECT pk, sk, ${ATTENTION_AT} AS at FROM items WHERE ${OPEN} = ? AND ${ATTENTION_AT} <= ?
) GROUP BY pk, sk ORDER BY at LIMIT ?`;
const UNSWEPT = `SELECT pk, sk FROM items
  WHERE ${OPEN} = 'yes' AND ${ATTENTION_AT} IS NOT NULL AND ${SWEEP_AT} IS NULL ORDER BY ${ATTENTION_AT}`;

type Row = Record<string, unknown>;
const itemOf = ({ item }: Row): Item => JSON.parse(String(item));
const keyOf = ({ pk, sk }: Row): Key => ({ pk: String(pk), sk: String(sk) });

export function holds(condition: Condition, stored: Item | undefined): boolean {
  if (condition === 'absent') return !stored;
  if ('version' in condition) return stored?.version === condition.version;
  return !stored || (typeof stored.basis === 'number' && stored.basis <= condition.notOlder);
}

/** Locks the file until this process closes it or ends. */
function inFolder(folder: string): DatabaseSync {
  claimDirectory(folder);
  if (existsSync(join(folder, 'database'))) throw new DataDirectoryOutdated(folder);
  return openFile(folder, 'table.sqlite', DEFINITION);
}
