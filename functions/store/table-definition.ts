// Shape of the table, shared by the stack, the local runtime and the tests.
import { ATTENTION_INDEX } from './table.ts';

export const TABLE_SHAPE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Sparse: only items that need somebody's attention at some time carry `open`. */
  index: { name: ATTENTION_INDEX, partitionKey: 'open', sortKey: 'attentionAt' },
  timeToLive: 'expiresAt',
} as const;

/** Sort keys of what is copied out of reach of the table's writers, and how the others of them begin. */
export const ARCHIVED = { names: ['INCIDENT', 'BREAKER', 'SWITCH'], prefix: 'ACTION#' } as const;
