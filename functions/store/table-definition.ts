// Shape of the table, shared by the stack, the local runtime and the tests.
import { ATTENTION_INDEX } from './table.ts';

export const TABLE_SHAPE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Sparse: only items that need attention at some time have `open`. */
  index: { name: ATTENTION_INDEX, partitionKey: 'open', sortKey: 'attentionAt' },
  timeToLive: 'expiresAt',
} as const;
