// Keys of the index from which the sweeper reads what is due.
import { createHash } from 'node:crypto';

type Key = Readonly<Record<'pk' | 'sk', string>>;

/** `attention`: records to continue. `check`: actions whose effect is compared with AWS. */
export type SweepList = 'attention' | 'check';

/**
 * Partitions per list. One partition takes 1,000 writes a second, and a full one delays writes to the table.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
const SHARDS = 8;

export const shardsOf = (list: SweepList): string[] =>
  Array.from({ length: SHARDS }, (_, shard) => `${list}#${shard}`);

function shardOf(list: SweepList, { pk, sk }: Key): string {
  const digest = createHash('sha256').update(`${pk}\n${sk}`).digest();
  return `${list}#${digest.readUInt32BE() % SHARDS}`;
}

/** Index attributes of an item in the list; none without a time. */
export const sweepKeys = (list: SweepList, key: Key, at: string | null) =>
  at === null ? {} : { sweepShard: shardOf(list, key), sweepAt: at };

/** Index attributes of a record that needs attention at a time, also for the index of earlier versions. */
export const attentionKeys = (key: Key, at: string | null) =>
  at === null ? {} : { open: 'yes', attentionAt: at, ...sweepKeys('attention', key, at) };
