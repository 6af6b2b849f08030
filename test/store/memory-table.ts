// A table in memory that answers at once, for calls in a chosen order.
import type { Images } from '../../functions/archive/change.ts';
import { Conflict } from '../../functions/domain/errors.ts';
import type { Pacing } from '../../functions/store/retry.ts';
import { createStore, type Store } from '../../functions/store/store.ts';
import { type SweepList, shardsOf } from '../../functions/store/sweep-index.ts';
import {
  type Condition,
  type Item,
  jsonOf,
  type Key,
  type Table,
} from '../../functions/store/table.ts';
import { checkItem } from '../../local/engine/item-limits.ts';
import { holds } from '../../local/engine/table.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { instantPacing } from './pacing.ts';

/** `wrote` receives each item before and after it is written. */
export function memoryTable(
  wrote: (change: Images & Key) => void = () => {},
  pacing: Pacing = instantPacing(),
): Table {
  const partitions = new Map<string, Map<string, string>>();
  const read = ({ pk, sk }: Key): Item | undefined => {
    const text = partitions.get(pk)?.get(sk);
    return text === undefined ? undefined : JSON.parse(text);
  };
  const check = (key: Key, condition: Condition | undefined) => {
    if (condition && !holds(condition, read(key)))
      throw new Conflict(`another writer changed ${key.pk} ${key.sk}`, { ...key });
  };
  const itemsOf = (partition: Map<string, string> | undefined) =>
    [...(partition?.values() ?? [])].map((text): Item => JSON.parse(text));
  return {
    pacing,
    get: async (key) => read(key),
    put: async (item, condition) => {
      checkItem(item);
      check(item, condition);
      wrote({ pk: item.pk, sk: item.sk, before: read(item) ?? null, after: item });
      const partition = partitions.get(item.pk) ?? new Map<string, string>();
      partitions.set(item.pk, partition.set(item.sk, jsonOf(item)));
    },
    remove: async (key, condition) => {
      check(key, condition);
      wrote({ ...key, before: read(key) ?? null, after: null });
      partitions.get(key.pk)?.delete(key.sk);
    },
    query: async (pk, { prefix = '', before, newestFirst = false, limit = Infinity } = {}) => {
      const partition = partitions.get(pk) ?? new Map<string, string>();
      const isAsked = (sk: string) => sk.startsWith(prefix) && (!before || sk < before);
      const keys = [...partition.keys()].filter(isAsked).sort();
      return (newestFirst ? keys.reverse() : keys)
        .slice(0, limit)
        .map((sk): Item => JSON.parse(partition.get(sk) ?? ''));
    },
    due: async (list, until, limit = Infinity) =>
      [...partitions.values()]
        .flatMap(itemsOf)
        .map((item) => ({ item, at: dueAt(list, item) }))
        .filter(({ at }) => at !== null && at <= until)
        .sort((a, b) => (`${a.at}` < `${b.at}` ? -1 : 1))
        .slice(0, limit)
        .map(({ item: { pk, sk } }) => ({ pk, sk })),
    unswept: async () =>
      [...partitions.values()]
        .flatMap(itemsOf)
        .filter(({ open, attentionAt, sweepAt }) => open === 'yes' && attentionAt && !sweepAt)
        .map(({ pk, sk }) => ({ pk, sk })),
  };
}

/** When either index lists the item as due; null if none does. */
function dueAt(list: SweepList, { open, attentionAt, sweepShard, sweepAt }: Item): string | null {
  if (shardsOf(list).includes(`${sweepShard}`)) return `${sweepAt}`;
  return list === 'attention' && open === 'yes' ? `${attentionAt}` : null;
}

export const storeOn = (table: Table): Store => createStore(table, () => {}, KEYS.resumptions);

/** A table in memory that counts the actions which queries return. */
export function countingActions() {
  const table = memoryTable();
  const counted = { read: 0 };
  const query: Table['query'] = async (...given) => {
    const found = await table.query(...given);
    counted.read += found.filter(({ sk }) => sk.includes('act-')).length;
    return found;
  };
  return { table: { ...table, query }, counted };
}
