// Shape of the table, shared by the stack, the local runtime and the tests.

/** Sparse indexes: an item is in one only while it has both of its keys. */
export const INDEXES = {
  /**
   * The index of earlier versions: one partition, with copies of the items. A later release removes it, once every
   * item is in the other index (docs/upgrade.md).
   */
  attention: { name: 'attention', partitionKey: 'open', sortKey: 'attentionAt', projects: 'ALL' },
  /** What the sweeper reads, spread over partitions. */
  sweep: { name: 'sweep', partitionKey: 'sweepShard', sortKey: 'sweepAt', projects: 'KEYS_ONLY' },
} as const;

export const TABLE_SHAPE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  indexes: Object.values(INDEXES),
  timeToLive: 'expiresAt',
} as const;
