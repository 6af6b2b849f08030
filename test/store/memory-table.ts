// A table in memory that supports the two write conditions of the store.
import type { Images } from '../../functions/archive/change.ts';
import { Conflict } from '../../functions/domain/errors.ts';
import { createApproverAddresses } from '../../functions/store/approver-addresses.ts';
import { createBounces } from '../../functions/store/bounces.ts';
import { createBreaker } from '../../functions/store/breaker.ts';
import { createChecks } from '../../functions/store/checks.ts';
import { createDrills } from '../../functions/store/drills.ts';
import { createEffects } from '../../functions/store/effects.ts';
import { createEntityHistory } from '../../functions/store/entity-history.ts';
import { createFindings } from '../../functions/store/findings.ts';
import { createLeases } from '../../functions/store/leases.ts';
import { createLimiter } from '../../functions/store/limiter.ts';
import { createModelCalls } from '../../functions/store/model-calls.ts';
import { createNotes } from '../../functions/store/notes.ts';
import { createPager } from '../../functions/store/pager.ts';
import { createPosts } from '../../functions/store/posts.ts';
import { createRecords } from '../../functions/store/records.ts';
import type { Pacing } from '../../functions/store/retry.ts';
import type { Store } from '../../functions/store/store.ts';
import { createSummaries } from '../../functions/store/summaries.ts';
import { type SweepList, shardsOf } from '../../functions/store/sweep-index.ts';
import { createKillSwitch } from '../../functions/store/switch.ts';
import {
  ABSENT,
  type Condition,
  type Item,
  type Key,
  type Table,
} from '../../functions/store/table.ts';
import { createWorldStates } from '../../functions/store/world.ts';
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
    if (!condition) return;
    const found = read(key);
    const basis = condition.values?.[':basis'];
    const isSame = found?.version === condition.values?.[':version'];
    const isOld = !found || Number(found.basis) <= Number(basis);
    const atRead = basis === undefined ? isSame : isOld;
    const holds = condition.expression === ABSENT.expression ? !found : atRead;
    if (!holds) throw new Conflict(`another writer changed ${key.pk} ${key.sk}`, { ...key });
  };
  const itemsOf = (partition: Map<string, string> | undefined) =>
    [...(partition?.values() ?? [])].map((text): Item => JSON.parse(text));
  return {
    pacing,
    get: async (key) => read(key),
    put: async (item, condition) => {
      check(item, condition);
      wrote({ pk: item.pk, sk: item.sk, before: read(item) ?? null, after: item });
      const partition = partitions.get(item.pk) ?? new Map<string, string>();
      partitions.set(item.pk, partition.set(item.sk, JSON.stringify(item)));
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
        .filter(({ open, sweepAt }) => open === 'yes' && sweepAt === undefined)
        .map(({ pk, sk }) => ({ pk, sk })),
  };
}

/** When either index lists the item as due; null if none does. */
function dueAt(list: SweepList, { open, attentionAt, sweepShard, sweepAt }: Item): string | null {
  if (shardsOf(list).includes(`${sweepShard}`)) return `${sweepAt}`;
  return list === 'attention' && open === 'yes' ? `${attentionAt}` : null;
}

export const storeOn = (table: Table, breaker = createBreaker(table, () => {})): Store => ({
  table,
  breaker,
  findings: createFindings(table),
  records: createRecords(table, () => {}),
  checks: createChecks(table),
  leases: createLeases(table),
  limiter: createLimiter(table),
  pager: createPager(table, () => {}),
  bounces: createBounces(table),
  killSwitch: createKillSwitch(table, breaker, KEYS.resumptions),
  entityHistory: createEntityHistory(table),
  drills: createDrills(table),
  effects: createEffects(table),
  modelCalls: createModelCalls(table),
  approverAddresses: createApproverAddresses(table),
  posts: createPosts(table),
  notes: createNotes(table, () => {}),
  summaries: createSummaries(table, () => {}),
  world: createWorldStates(table),
});
